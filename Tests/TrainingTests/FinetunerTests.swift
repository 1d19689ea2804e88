import Datasets
import Evaluation
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Training of the sample network under plans of all kinds.
@Suite struct FinetunerTests {
  private static let samples = SharedAssets.root.appending(path: "sample-models")
  private static let model = samples.appending(path: "simple-cnn/simple-cnn.onnx").path
  private static let data = samples.appending(path: "fashion-mnist/fashion-mnist-test2000.yaml")
    .path

  private static func finetuner(
    _ plan: CompressionPlan, threads: Int = 2, limit: Int = 150, checkpoint: String? = nil,
    _ change: (inout FinetuneSettings) -> Void = { _ in }
  ) throws -> Finetuner {
    let data = try EvaluationData.open(path: data, limit: limit)
    let engine = try PreviewEngine(
      model: try OpenedModel(path: model), data: data, threads: threads)
    var settings = FinetuneSettings()
    (settings.epochs, settings.batch, settings.shift) = (2, 45, 1)
    change(&settings)
    return try Finetuner(
      engine: engine, plan: plan, settings: settings, threads: threads, checkpoint: checkpoint)
  }

  private static func plan(
    _ weights: WeightQuantization? = nil, prune: PruneSetting? = nil
  ) -> CompressionPlan {
    CompressionPlan(
      defaults: PlanRule(
        prune: prune.map { .set($0) } ?? .unstated, weights: weights.map { .set($0) } ?? .unstated))
  }

  /// The constants of a recovered model, as bytes.
  private static func bits(_ model: RecoveredModel) -> [[UInt8]] {
    model.graph.initializers.values.map { $0.withBytes { Array($0) } }
  }

  /// What the plan makes of the written file, opened anew, is what was trained, to the bit.
  private static func proof(_ result: FinetuneResult) async throws -> CompressedPlan {
    let folder = try TemporaryFolder()
    let (model, plan) = (folder.path("m.onnx"), folder.path("m.plan.yaml"))
    try result.recovered.write(model: model, plan: plan)
    let opened = try OpenedModel(path: model)
    let read = try CompressionPlan.read(path: plan)
    try read.check(modelSHA256: opened.sha256())
    let engine = try PreviewEngine(
      model: opened, data: try EvaluationData.open(path: data, limit: 40), threads: 2)
    let compressed = try await engine.compress(read)
    for (index, trained) in result.recovered.trained.enumerated() {
      let made = compressed.weights[index]?.dequantized ?? opened.weights[index]
      #expect(
        made.withBytes { made in trained.withBytes { made.elementsEqual($0) } },
        "layer \(opened.layers[index].name)")
    }
    return compressed
  }

  @Test func thePlanGivesWhatWasTrained() async throws {
    let plans: [(CompressionPlan, Bool)] = [
      (Self.plan(WeightQuantization(bits: 3)), false),
      (Self.plan(WeightQuantization(bits: 2)), true),
      (Self.plan(WeightQuantization(bits: 3, granularity: .group(16))), true),
      (Self.plan(WeightQuantization(bits: 4, scheme: .asymmetric, range: "mse")), true),
      (Self.plan(WeightQuantization(bits: 3, granularity: .tensor, range: "mse")), false),
      (Self.plan(WeightQuantization(bits: 3, method: "gptq")), false),
      (Self.plan(WeightQuantization(bits: 4), prune: PruneSetting(amount: 0.6)), false),
      (Self.plan(prune: PruneSetting(amount: 0.8, measure: .percentile)), false),
      (Self.plan(prune: PruneSetting(amount: 0.7, measure: .threshold)), false),
      (Self.plan(prune: PruneSetting(keep: 2, of: 4)), false),
      (Self.plan(prune: PruneSetting(amount: 0.5, criterion: "wanda")), false),
      (Self.plan(prune: PruneSetting(amount: 0.5, scope: .global)), false),
      (
        Self.plan(
          WeightQuantization(bits: 3), prune: PruneSetting(amount: 0.7, criterion: "wanda")), false
      ),
      (
        Self.plan(
          WeightQuantization(bits: 4), prune: PruneSetting(amount: 0.5, pattern: .channel)), false
      ),
    ]
    for (plan, learns) in plans {
      let result = try await Self.finetuner(plan, limit: 60) {
        ($0.learnsStep, $0.epochs, $0.batch) = (learns, 1, 30)
      }.run()
      #expect(result.ending == .finished)
      _ = try await Self.proof(result)
    }
  }

  @Test func stepsOfAPlanAreTrainedToo() async throws {
    var removing = Self.plan(WeightQuantization(bits: 4), prune: PruneSetting(amount: 0.5))
    removing.channels = ChannelRemoval(amount: 0.5)
    var rounding = Self.plan(WeightQuantization(bits: 4))
    rounding.defaults.activations = .set(ActivationQuantization(bits: 8, mode: .static))
    var equalizing = Self.plan(WeightQuantization(bits: 3))
    (equalizing.equalize, equalizing.repair) = (Equalization(), [.bias])
    for plan in [removing, rounding, equalizing] {
      let result = try await Self.finetuner(plan, limit: 90).run()
      let (start, best) = (try #require(result.history.first), try #require(result.best))
      #expect(best.loss <= start.loss, "\(start) \(best)")
      _ = try await Self.proof(result)
    }
  }

  @Test func fewBitsLearnTheirSteps() async throws {
    var found: [[[UInt8]]] = []
    for learns in [nil, true, false] as [Bool?] {
      found.append(
        Self.bits(
          try await Self.finetuner(Self.plan(WeightQuantization(bits: 2)), limit: 90) {
            $0.learnsStep = learns
          }.run().recovered))
    }
    #expect(found[0] == found[1])
    #expect(found[0] != found[2])
  }

  @Test func aTimeLimitShorterThanAnEpochEndsInGoodOrder() async throws {
    let result = try await Self.finetuner(Self.plan(WeightQuantization(bits: 3)), limit: 2000) {
      ($0.epochs, $0.minutes, $0.batch) = (nil, 0.0005, 16)
    }.run()
    #expect(result.steps > 0 && result.epochs == 0)
    #expect(result.history.last?.step == result.steps)
    _ = try await Self.proof(result)
  }

  @Test func theFloatModelIsJudgedByTheSameSamples() async throws {
    let result = try await Self.finetuner(Self.plan(WeightQuantization(bits: 2)), limit: 400) {
      $0.distillation = 0
    }.run()
    let original = try #require(result.original)
    let start = try #require(result.history.first)
    #expect(original.loss < start.loss)
    #expect(try #require(original.accuracy) > 0.8)
    let apart = try await Self.finetuner(Self.plan(), limit: 400) {
      ($0.distillation, $0.epochs) = (0, 0)
    }.run()
    #expect(apart.history.first?.accuracy == original.accuracy)
  }

  @Test func zerosStayZeroAndAreExported() async throws {
    let plan = Self.plan(WeightQuantization(bits: 4), prune: PruneSetting(amount: 0.9))
    let finetuner = try Self.finetuner(plan)
    let before = try await finetuner.engine.compress(plan)
    let result = try await finetuner.run()
    let stored = result.recovered.graph
    for (layer, weights) in zip(finetuner.engine.model.layers, before.weights) {
      let pruned = try LayerCompressor.compress(
        layer: layer, weights: try #require(finetuner.engine.model.graph?.constant(layer.weight)),
        setting: LayerSetting(prune: PruneSetting(amount: 0.9)))
      let trained = try #require(stored.constant(layer.weight)).floats
      let kept = zip(pruned.dequantized.floats, trained).allSatisfy { $0 != 0 || $1 == 0 }
      #expect(kept, "\(layer.name)")
      #expect(weights?.prunedCount == pruned.prunedCount)
      #expect(trained.contains { $0 != 0 })
    }
    let after = try await Self.proof(result)
    let folder = try TemporaryFolder()
    let (model, file) = (folder.path("m.onnx"), folder.path("q.onnx"))
    try result.recovered.write(model: model, plan: folder.path("m.yaml"))
    let opened = try OpenedModel(path: model)
    _ = try ModelExporter(model: opened, compressed: after).write(.onnxQDQ, to: file)
    let proof = try ExportVerification(path: file, model: opened, compressed: after)
    #expect(proof.zeros > 0 && proof.zerosKept == proof.zeros)
    #expect(proof.exactLayers == proof.layers)
  }

  @Test func trainingWinsBackLoss() async throws {
    let result = try await Self.finetuner(Self.plan(WeightQuantization(bits: 2)), limit: 400) {
      ($0.epochs, $0.learnsStep, $0.shift) = (4, true, 0)
      $0.learningRate = 0.002
    }.run()
    let start = try #require(result.history.first)
    let best = try #require(result.best)
    #expect(best.loss < start.loss / 2, "\(start) \(best)")
    #expect(result.validationSamples == 40 && result.trainingSamples == 360)
    #expect(result.history.count == 5)
  }

  @Test func workersChangeNoBit() async throws {
    let plan = Self.plan(WeightQuantization(bits: 3), prune: PruneSetting(amount: 0.5))
    var found: [[[UInt8]]] = []
    for threads in [1, 2, 3] {
      let result = try await Self.finetuner(plan, threads: threads) {
        ($0.learnsStep, $0.flips) = (true, true)
      }.run()
      found.append(Self.bits(result.recovered))
    }
    #expect(found[0] == found[1])
    #expect(found[0] == found[2])
    let other = try await Self.finetuner(plan) {
      ($0.learnsStep, $0.flips, $0.seed) = (true, true, 7)
    }.run()
    #expect(Self.bits(other.recovered) != found[0])
  }

  @Test func pruningThatRisesEndsAtThePlansAmount() async throws {
    let seen = Mutex<[Double]>([])
    let result = try await Self.finetuner(
      Self.plan(WeightQuantization(bits: 4), prune: PruneSetting(amount: 0.8))
    ) {
      ($0.gradualPruning, $0.epochs) = (0.5, 4)
    }.run { progress in seen.withLock { $0.append(progress.pruning) } }
    let amounts = seen.withLock { $0 }
    #expect(amounts == amounts.sorted())
    #expect(Set(amounts).count > 3)
    #expect(result.best.map { $0.step >= 6 } == true)
    let compressed = try await Self.proof(result)
    for row in compressed.rows { #expect(row.sparsity >= 0.79) }
  }

  @Test func cancellingKeepsTheBest() async throws {
    let finetuner = try Self.finetuner(Self.plan(WeightQuantization(bits: 3))) {
      $0.epochs = 1000
    }
    let first = Mutex<CheckedContinuation<Void, Never>?>(nil)
    let task = Task {
      try await finetuner.run { progress in
        if progress.step >= 4 { first.withLock { $0.take() }?.resume() }
      }
    }
    // Cancelled as soon as some steps are done.
    await withCheckedContinuation { continuation in first.withLock { $0 = continuation } }
    task.cancel()
    let result = try await task.value
    #expect(result.ending == .cancelled)
    #expect(result.steps >= 4 && result.steps < 3000)
    _ = try await Self.proof(result)
  }

  @Test func resumingGivesTheSameBits() async throws {
    let plan = Self.plan(WeightQuantization(bits: 3), prune: PruneSetting(amount: 0.5))
    let change: (inout FinetuneSettings) -> Void = {
      ($0.epochs, $0.learnsStep, $0.gradualPruning) = (4, true, 0.4)
    }
    let whole = try await Self.finetuner(plan, change).run()
    let folder = try TemporaryFolder()
    let checkpoint = folder.path("run.npz")
    let finetuner = try Self.finetuner(plan, checkpoint: checkpoint, change)
    let stop = Mutex<CheckedContinuation<Void, Never>?>(nil)
    let task = Task {
      try await finetuner.run { progress in
        if progress.step >= 5 { stop.withLock { $0.take() }?.resume() }
      }
    }
    await withCheckedContinuation { continuation in stop.withLock { $0 = continuation } }
    task.cancel()
    let part = try await task.value
    #expect(part.steps < whole.steps)
    let rest = try await Self.finetuner(plan, threads: 1, checkpoint: checkpoint, change).run()
    #expect(rest.isResumed)
    #expect(rest.steps == whole.steps)
    #expect(Self.bits(rest.recovered) == Self.bits(whole.recovered))
    #expect(rest.history == whole.history)
    // Another run's checkpoint is refused.
    let other = try Self.finetuner(plan, checkpoint: checkpoint) { $0.epochs = 5 }
    await #expect(throws: EngineError.self) { try await other.run() }
  }

  @Test func withoutLabelsTheFloatModelTeaches() async throws {
    let folder = try TemporaryFolder()
    let images = TorchJudge.normal([60, 1, 28, 28], seed: 9)
    let path = folder.path("images.npz")
    try NPZFile.write(["images": images], to: path)
    let engine = try PreviewEngine(
      model: try OpenedModel(path: Self.model),
      data: try EvaluationData.open(path: path, limit: nil), threads: 2)
    var settings = FinetuneSettings()
    (settings.epochs, settings.batch, settings.shift) = (10, 18, 0)
    let result = try await Finetuner(
      engine: engine, plan: Self.plan(WeightQuantization(bits: 3)), settings: settings, threads: 2
    ).run()
    #expect(result.loss.hasPrefix("distillation"))
    #expect(try #require(result.best).loss < (try #require(result.history.first)).loss)
    settings.distillation = 0.5
    let mixed = try Finetuner(
      engine: engine, plan: Self.plan(WeightQuantization(bits: 3)), settings: settings, threads: 2)
    await #expect(throws: EngineError.self) { try await mixed.run() }
  }

  @Test func settingsOutOfRangeAreRefused() {
    let changes: [(inout FinetuneSettings) -> Void] = [
      { $0.learningRate = 0 }, { $0.learningRate = .nan }, { $0.momentum = 1 }, { $0.batch = 0 },
      { $0.epochs = -1 }, { $0.minutes = 0 }, { $0.validation = 1 }, { $0.distillation = 1.5 },
      { $0.temperature = 0 }, { $0.patience = 0 }, { $0.warmUp = -0.1 }, { $0.weightDecay = -1 },
      { $0.gradualPruning = 2 }, { $0.shift = -1 },
    ]
    for change in changes {
      var settings = FinetuneSettings()
      change(&settings)
      #expect(throws: EngineError.self) { try settings.check() }
    }
    #expect(throws: Never.self) { try FinetuneSettings().check() }
  }
}
