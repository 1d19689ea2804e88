import Datasets
import Evaluation
import Execution
import Foundation
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors
import TestSupport
import Testing

/// Settled counts are the exact ones, for random plans on three models.
///
/// `WEIGHTBENCH_TEST_PLANS` is the number of plans for each model, `WEIGHTBENCH_TEST_SEED` the seed.
@Suite(.serialized, .enabled(if: SharedAssets.folder != nil, "no shared assets: nothing settled"))
struct SettlingTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["WEIGHTBENCH_TEST_PLANS"].flatMap { Int($0) } ?? 3
  private static let seed =
    environment["WEIGHTBENCH_TEST_SEED"].flatMap { UInt64($0) } ?? 8_311_904_202_655_001

  private func engine(
    _ model: String, _ data: String, limit: Int?, inBFloat16: Bool = false
  ) throws -> PreviewEngine {
    let opened = try OpenedModel(path: try #require(SharedAssets.path(model)))
    let graph = try opened.runnableGraph()
    let draft: any GraphExecutor =
      inBFloat16
      ? try FastExecutor(graph: graph, options: FastExecutor.Options(precision: .bfloat16))
      : try RoundedExecutor(graph)
    return try PreviewEngine(
      model: opened,
      data: try EvaluationData.open(path: try #require(SharedAssets.path(data)), limit: limit),
      threads: 2, draftExecutor: draft)
  }

  @Test(arguments: [
    ("cifar10/resnet20.onnx", "cifar10/cifar10_test1000.yaml"),
    ("tiny/fashion_resnet8.onnx", "tiny/fashion_mnist_test10000.yaml"),
    ("tiny/digits_cnn.onnx", "tiny/digits8x8_test500.yaml"),
  ])
  func settledCountsAreExact(model: String, data: String) async throws {
    // The real thing where there is one; rounded weights and inputs elsewhere.
    let inBFloat16 = FastExecutor.supportsBFloat16
    print(
      "SettlingTests \(model): \(Self.count) plans, seed \(Self.seed), bfloat16 \(inBFloat16)")
    var generator = SeededGenerator(seed: Self.seed)
    let engine = try engine(model, data, limit: 1000, inBFloat16: inBFloat16)
    let exact = try PreviewEngine(model: engine.model, data: engine.data, threads: 2)
    #expect(try await engine.hasDrafts())
    var differing = 0
    var draftsOff = 0
    var plan = CompressionPlan()
    for index in 0..<Self.count {
      // Every third is the one before with one layer changed, on inputs prepared for that.
      let focus = index % 3 == 2 ? engine.model.layers.randomElement(using: &generator)?.name : nil
      if let focus {
        try await engine.prepare(engine.compress(plan), focus: focus)
        plan.set(LayerSetting(prune: PruneSetting(amount: 0.35)), forLayer: focus)
      } else {
        plan = CompressionPlan.random(for: engine.model, using: &generator)
      }
      let compressed = try await engine.compress(plan)
      // Small models meet the same plan twice, and then something surer is known.
      let isNew = await engine.known(compressed) == nil
      let draft = try await engine.evaluate(compressed, focus: focus, precision: .draft)
      #expect(draft.precision == (isNew ? .draft : .settled))
      let settled = try await engine.evaluate(compressed, focus: focus, precision: .settled)
      #expect(settled.precision == .settled)
      let truth = try await exact.evaluate(exact.compress(plan))
      #expect(truth.precision == .exact)
      let isEqual =
        settled.plan?.correct == truth.plan?.correct && settled.plan?.top5 == truth.plan?.top5
        && settled.baseline?.correct == truth.baseline?.correct && settled.delta == truth.delta
        && settled.agreement == truth.agreement
      #expect(isEqual, "plan \(index) of \(model), seed \(Self.seed)")
      if !isEqual { differing += 1 }
      if draft.plan?.correct != truth.plan?.correct { draftsOff += 1 }
    }
    print("SettlingTests \(model): \(differing) differ; of the drafts \(draftsOff) did")
  }

  @Test func autoTellsEachResultOnceAndEndsExact() async throws {
    let engine = try engine(
      "tiny/digits_cnn.onnx", "tiny/digits8x8_test500.yaml", limit: 200)
    _ = try await engine.evaluate(nil)
    let compressed = try await engine.compress(
      CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: 3)))))
    let told = Mutex<[PreviewMetrics]>([])
    let last = try await engine.evaluate(compressed, precision: .auto) { metrics in
      told.withLock { $0.append(metrics) }
    }
    #expect(last.precision == .exact)
    let complete = told.withLock { $0.filter(\.isComplete).map(\.precision) }
    #expect(complete == [.draft, .settled])
    #expect(try await engine.evaluate(compressed, precision: .draft) == last)
    let other = try PreviewEngine(model: engine.model, data: engine.data, threads: 1)
    let truth = try await other.evaluate(other.compress(compressed.plan))
    #expect(last.plan == truth.plan)
    #expect(last.divergence == truth.divergence)
  }

  @Test func draftsAloneKeepTheirOwnActivations() async throws {
    let engine = try engine(
      "tiny/digits_cnn.onnx", "tiny/digits8x8_test500.yaml", limit: 200)
    let focus = try #require(engine.model.layers.last?.name)
    var plan = CompressionPlan()
    plan.set(LayerSetting(weights: WeightQuantization(bits: 4)), forLayer: focus)
    let compressed = try await engine.compress(plan)
    _ = try await engine.evaluate(compressed, focus: focus, precision: .draft)
    plan.set(LayerSetting(weights: WeightQuantization(bits: 2)), forLayer: focus)
    let second = try await engine.compress(plan)
    let exact = try await engine.evaluate(second, focus: focus, precision: .exact)
    let fresh = try PreviewEngine(model: engine.model, data: engine.data, threads: 1)
    let truth = try await fresh.evaluate(fresh.compress(plan))
    #expect(exact.plan == truth.plan)
    #expect(exact.sqnr == truth.sqnr)
  }

  @Test func outputsThatAreNoClassesAreMeasuredExactly() async throws {
    let model = try OpenedModel(
      path: try #require(SharedAssets.path("text/minilm_l6_v2_vocab_trimmed.onnx")))
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path("text/stsb_en_test_tokens48.npz")), limit: 8)
    let engine = try PreviewEngine(
      model: model, data: data, threads: 2,
      draftExecutor: try RoundedExecutor(try model.runnableGraph()))
    let metrics = try await engine.evaluate(nil, precision: .settled)
    #expect(metrics.precision == .exact)
  }
}
