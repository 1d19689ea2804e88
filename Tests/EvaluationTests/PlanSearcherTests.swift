import Datasets
import Evaluation
import Foundation
import ModelCompression
import Synchronization
import Tensors
import TestSupport
import Testing

/// Whole searches on the small sample model.
@Suite struct PlanSearcherTests {
  private func engine(threads: Int = 2, images: Int = 120) throws -> PreviewEngine {
    let samples = SharedAssets.root.appending(path: "sample-models")
    let model = try OpenedModel(path: samples.appending(path: "simple-cnn/simple-cnn.onnx").path)
    let data = try EvaluationData.open(
      path: samples.appending(path: "fashion-mnist/fashion-mnist-test2000.yaml").path,
      limit: images)
    return try PreviewEngine(model: model, data: data, threads: threads)
  }

  /// A search over few settings, so that it takes a second.
  private func search(_ goal: PlanSearch.Goal) -> PlanSearch {
    PlanSearch(goal: goal, bits: [8, 5, 4, 3, 2], amounts: [0, 0.5, 0.8])
  }

  private func stored(_ plan: CompressionPlan, _ engine: PreviewEngine) async throws -> Int {
    try engine.size(of: try await engine.compress(plan)).stored
  }

  @Test func sizesHoldAtEveryLimit() async throws {
    let engine = try engine()
    let original = engine.model.fileBytes
    for share in [0.08, 0.13, 0.2, 0.24, 0.5, 1.5] {
      let limit = Int(Double(original) * share)
      let result = try await PlanSearcher(engine: engine).run(search(.maxSize(bytes: limit)))
      #expect(result.bytes <= limit, "\(share)")
      #expect(try await stored(result.plan, engine) == result.bytes)
      #expect(result.searchImages + result.reportImages == 120)
      #expect(result.metrics.images == result.reportImages)
      #expect(result.searchMetrics.images == result.searchImages)
      for (low, high) in zip(result.front, result.front.dropFirst()) {
        #expect(low.bytes < high.bytes && low.harm > high.harm)
      }
      for point in result.front {
        #expect(try await stored(point.plan, engine) == point.bytes)
        #expect(point.images == result.reportImages)
      }
      if let uniform = result.uniform { #expect(uniform.bytes <= limit) }
    }
  }

  @Test func frontHasEightPoints() async throws {
    let engine = try engine()
    let result = try await PlanSearcher(engine: engine).run(
      PlanSearch(goal: .maxSize(bytes: engine.model.fileBytes / 4)))
    #expect(result.front.count >= 8)
    #expect(result.front.allSatisfy { $0.top1 != nil })
  }

  @Test func theNumberOfWorkersChangesNothing() async throws {
    var results: [SearchResult] = []
    for threads in [1, 2] {
      let engine = try engine(threads: threads)
      var search = search(.maxSize(bytes: engine.model.fileBytes / 6))
      search.seed = 5
      results.append(try await PlanSearcher(engine: engine).run(search))
    }
    let (one, two) = (results[0], results[1])
    #expect(one.plan == two.plan)
    #expect(one.front == two.front)
    #expect(one.evaluations == two.evaluations)
    #expect(one.metrics.plan == two.metrics.plan)
    #expect(one.metrics.divergence == two.metrics.divergence)
  }

  @Test func averageBitsCountEverything() async throws {
    let engine = try engine()
    let result = try await PlanSearcher(engine: engine).run(search(.averageBits(3.5)))
    let compressed = try await engine.compress(result.plan)
    let bytes = compressed.rows.reduce(0) { $0 + $1.storedBytes }
    let weights = compressed.rows.reduce(0) { $0 + $1.originalBytes / 4 }
    #expect(Double(bytes) * 8 / Double(weights) <= 3.5)
  }

  @Test func multiplyAddsFallByZeros() async throws {
    let engine = try engine()
    let all = try engine.size(of: try await engine.compress(CompressionPlan()))
    let limit = all.multiplyAdds * 6 / 10
    let result = try await PlanSearcher(engine: engine).run(
      search(.maxMultiplyAdds(limit)))
    let compressed = try await engine.compress(result.plan)
    #expect(try engine.size(of: compressed).nonzeroMultiplyAdds <= limit)
    #expect(compressed.settings.allSatisfy { $0.weights == nil })
  }

  @Test func dropIsKeptOnTheSearchImages() async throws {
    let engine = try engine(images: 400)
    let result = try await PlanSearcher(engine: engine).run(search(.maxDrop(points: 2)))
    let drop = try #require(result.searchMetrics.delta).top1 * -100
    #expect(drop <= 2)
    #expect(result.bytes < engine.model.fileBytes / 3)
  }

  @Test func pinnedLayersAndGroupsAreRespected() async throws {
    let engine = try engine()
    let names = engine.model.layers.map(\.name)
    try #require(names.count >= 3)
    var start = CompressionPlan()
    let kept = LayerSetting(weights: WeightQuantization(bits: 6, granularity: .tensor))
    start.set(kept, forLayer: names[0])
    start.set(
      LayerSetting(weights: WeightQuantization(bits: 8, scheme: .asymmetric)), forLayer: names[2])
    start.pinned = [names[0]]
    var search = search(.maxSize(bytes: engine.model.fileBytes / 5))
    search.start = start
    search.groups = [Array(names[1...2])]
    let result = try await PlanSearcher(engine: engine).run(search)
    let settings = try result.plan.resolved(for: engine.model.layers).settings
    #expect(settings[0] == kept)
    #expect(result.plan.pinned == [names[0]])
    #expect(settings[1].weights?.bits == settings[2].weights?.bits)
    #expect(settings[1].prune?.amount == settings[2].prune?.amount)
    // The way to quantize is the start plan's.
    #expect(settings[2].weights?.scheme == .asymmetric)
    #expect(settings[1].weights?.scheme == .symmetric)
  }

  @Test func anImpossibleGoalIsRefusedWithWhatIsPossible() async throws {
    let engine = try engine()
    let error = await #expect(throws: EngineError.self) {
      try await PlanSearcher(engine: engine).run(search(.maxSize(bytes: 3_000)))
    }
    #expect(error?.problem.contains("is the least") == true)
    var unknown = search(.maxSize(bytes: 40_000))
    unknown.pinned = ["no such layer"]
    await #expect(throws: EngineError.self) {
      try await PlanSearcher(engine: engine).run(unknown)
    }
  }

  @Test func cancellingKeepsTheBestSoFar() async throws {
    let engine = try engine()
    let limit = engine.model.fileBytes / 6
    let latest = Mutex<SearchProgress?>(nil)
    let task = Task {
      try await PlanSearcher(engine: engine).run(search(.maxSize(bytes: limit))) { progress in
        latest.withLock { $0 = progress }
        // Cancels from inside, in the middle of the curves.
        if progress.phase == .front { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    let progress = try #require(latest.withLock { $0 })
    #expect(progress.isUsable)
    #expect(progress.metrics != nil)
    #expect(progress.bytes <= limit)
    #expect(try await stored(progress.best, engine) == progress.bytes)
    #expect((0...1).contains(progress.fraction))
  }
}
