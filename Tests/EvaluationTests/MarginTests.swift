import Datasets
import Evaluation
import Foundation
import ModelCompression
import Synchronization
import TestSupport
import Testing

/// Going through samples by margin: settled counts are the exact ones, and what a draft estimates lies
/// in its interval, for random plans on three models in 32-bit floats.
///
/// `WEIGHTBENCH_TEST_PLANS` is the number of plans for each model, `WEIGHTBENCH_TEST_SEED` the seed.
@Suite(.serialized, .enabled(if: SharedAssets.folder != nil, "no shared assets: no margins"))
struct MarginTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["WEIGHTBENCH_TEST_PLANS"].flatMap { Int($0) } ?? 6
  private static let seed =
    environment["WEIGHTBENCH_TEST_SEED"].flatMap { UInt64($0) } ?? 2_650_447_130_958_817

  private static let digits = ("tiny/digits_cnn.onnx", "tiny/digits8x8_test500.yaml")
  private static let cifar = ("cifar10/resnet20.onnx", "cifar10/cifar10_test1000.yaml")

  private func engine(
    _ files: (model: String, data: String), limit: Int? = nil, threads: Int = 2, memory: Int? = nil
  ) throws -> PreviewEngine {
    try PreviewEngine(
      model: try OpenedModel(path: try #require(SharedAssets.path(files.model))),
      data: try EvaluationData.open(
        path: try #require(SharedAssets.path(files.data)), limit: limit),
      threads: threads, memoryBudget: memory)
  }

  /// A plan for one layer alone, as most edits are, or for about half of them.
  private func plan(
    _ index: Int, _ model: OpenedModel, _ generator: inout SeededGenerator
  ) -> CompressionPlan {
    let plan = CompressionPlan.random(for: model, using: &generator)
    guard index % 2 == 0, let layer = model.layers.randomElement(using: &generator)?.name else {
      return plan
    }
    var single = CompressionPlan()
    single.set(
      LayerSetting(
        prune: PruneSetting(amount: Double(Int.random(in: 5...95, using: &generator)) / 100)),
      forLayer: layer)
    return single
  }

  @Test(arguments: [
    cifar, ("tiny/fashion_resnet8.onnx", "tiny/fashion_mnist_test10000.yaml"), digits,
  ])
  func settledCountsAreExactAndDraftsTellTheirError(model: String, data: String) async throws {
    print("MarginTests \(model): \(Self.count) plans, seed \(Self.seed)")
    var generator = SeededGenerator(seed: Self.seed)
    let engine = try engine((model, data), limit: 1000)
    let other = try PreviewEngine(model: engine.model, data: engine.data, threads: 2)
    var (differing, covered, drafted) = (0, 0, 0)
    var (draftRun, settledRun, largest) = (0, 0, 0.0)
    for index in 0..<Self.count {
      var compressed = try await engine.compress(plan(index, engine.model, &generator))
      // Small models meet the same plan twice, and then something surer is known.
      while await engine.known(compressed) != nil {
        compressed = try await engine.compress(plan(index, engine.model, &generator))
      }
      let draft = try await engine.evaluate(compressed, precision: .draft)
      #expect(draft.precision == .draft && draft.isComplete)
      let settled = try await engine.evaluate(compressed, precision: .settled)
      #expect(settled.precision == .settled && settled.isComplete)
      let truth = try await other.evaluate(other.compress(compressed.plan))
      #expect(truth.precision == .exact && truth.measured == truth.total)
      let isEqual =
        settled.plan?.correct == truth.plan?.correct && settled.plan?.top5 == truth.plan?.top5
        && settled.baseline?.correct == truth.baseline?.correct && settled.delta == truth.delta
        && settled.agreement == truth.agreement
      #expect(isEqual, "plan \(index) of \(model), seed \(Self.seed)")
      if !isEqual { differing += 1 }
      let delta = try #require(truth.delta)
      let told = try #require(draft.delta)
      drafted += 1
      if told.interval95.contains(delta.top1) { covered += 1 }
      largest = max(largest, abs(told.top1 - delta.top1))
      draftRun += draft.measured
      settledRun += settled.measured
    }
    print(
      "MarginTests \(model): \(differing) of \(drafted) differ; drafts: interval covers \(covered), "
        + "largest error \(largest); run: \(draftRun / max(drafted, 1)) in drafts, "
        + "\(settledRun / max(drafted, 1)) settled of \(engine.data?.count ?? 0)")
    #expect(Double(covered) >= 0.9 * Double(drafted))
  }

  /// Everything but the time.
  private func timeless(_ metrics: PreviewMetrics) -> PreviewMetrics {
    var metrics = metrics
    metrics.seconds = 0
    return metrics
  }

  @Test func threadsAndMemoryChangeNoBit() async throws {
    var generator = SeededGenerator(seed: Self.seed)
    let first = try engine(Self.digits, threads: 1)
    let plans = (0..<6).map { plan($0, first.model, &generator) }
    for precision in [EvaluationPrecision.draft, .settled, .exact] {
      var results: [[PreviewMetrics]] = []
      for (threads, memory) in [(1, nil), (2, 0), (4, nil)] as [(Int, Int?)] {
        let engine = try engine(Self.digits, threads: threads, memory: memory)
        var found: [PreviewMetrics] = []
        for plan in plans {
          found.append(
            timeless(try await engine.evaluate(engine.compress(plan), precision: precision)))
        }
        results.append(found)
      }
      #expect(results[0] == results[1], "\(precision)")
      #expect(results[0] == results[2], "\(precision)")
    }
  }

  @Test func theOrderChangesNoBitOfExactResults() async throws {
    // The first evaluation goes through the samples in preview order, the second by margin.
    let (first, second) = (try engine(Self.cifar, limit: 130), try engine(Self.cifar, limit: 130))
    var generator = SeededGenerator(seed: Self.seed)
    let plan = CompressionPlan.random(for: first.model, using: &generator)
    let unordered = try await first.evaluate(first.compress(plan))
    _ = try await second.evaluate(nil)
    let ordered = try await second.evaluate(second.compress(plan))
    #expect(timeless(unordered) == timeless(ordered))
    let outputs = try await second.outputs(of: second.compress(plan))
    let fresh = try engine(Self.cifar, limit: 130, memory: 0)
    #expect(try await fresh.outputs(of: fresh.compress(plan)) == outputs)
  }

  @Test func autoGoesFromDraftToExact() async throws {
    let engine = try engine(Self.digits)
    _ = try await engine.evaluate(nil)
    var plan = CompressionPlan()
    plan.set(
      LayerSetting(weights: WeightQuantization(bits: 6)),
      forLayer: try #require(engine.model.layers.first?.name))
    let compressed = try await engine.compress(plan)
    let told = Mutex<[PreviewMetrics]>([])
    let last = try await engine.evaluate(compressed, precision: .auto) { metrics in
      told.withLock { $0.append(metrics) }
    }
    #expect(last.precision == .exact)
    let all = told.withLock { $0 }
    #expect(all.filter(\.isComplete).map(\.precision) == [.draft, .settled])
    // What is told on the way is marked as estimated.
    #expect(all.filter { !$0.isComplete }.allSatisfy { $0.precision == .draft })
    let settled = try #require(all.last)
    #expect(settled.plan?.correct == last.plan?.correct)
    #expect(settled.measured < settled.total)
    let direct = try self.engine(Self.digits)
    let again = try await direct.evaluate(direct.compress(compressed.plan), precision: .settled)
    #expect(timeless(again) == timeless(settled))
  }

  @Test func aPlanThatChangesNothingIsEqualAtOnce() async throws {
    let engine = try engine(Self.digits)
    let metrics = try await engine.evaluate(
      engine.compress(CompressionPlan()), precision: .settled)
    #expect(metrics.agreement == 1)
    #expect(metrics.sqnr == .infinity)
    #expect(metrics.divergence == 0)
    #expect(metrics.plan == metrics.baseline)
    #expect(metrics.delta?.interval95.contains(0) == true)
  }

  @Test func estimatedMeasuresAreNearTheExactOnes() async throws {
    let engine = try engine(Self.cifar)
    let compressed = try await engine.compress(
      CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: 4)))))
    let settled = try await engine.evaluate(compressed, precision: .settled)
    let exact = try await engine.evaluate(compressed, precision: .exact)
    let (estimate, truth) = (try #require(settled.divergence), try #require(exact.divergence))
    #expect(abs(estimate - truth) < 0.5 * truth)
    #expect(abs(settled.sqnr - exact.sqnr) < 1.5)
    let (loss, exactLoss) = (try #require(settled.plan?.loss), try #require(exact.plan?.loss))
    #expect(abs(loss - exactLoss) < 0.05)
  }
}
