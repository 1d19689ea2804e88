import Datasets
import Evaluation
import ModelCompression
import Synchronization
import TestSupport
import Testing

/// Work ahead of the next key finds the same numbers, and stops at once.
@Suite(.enabled(if: SharedAssets.folder != nil, "no shared assets: nothing measured ahead"))
struct AheadTests {
  private func engine(memory: Int? = nil) throws -> PreviewEngine {
    try PreviewEngine(
      model: try OpenedModel(path: try #require(SharedAssets.path("tiny/digits_cnn.onnx"))),
      data: try EvaluationData.open(
        path: try #require(SharedAssets.path("tiny/digits8x8_test500.yaml")), limit: 300),
      threads: 2, memoryBudget: memory)
  }

  private func plan(_ layer: String, bits: Int) -> CompressionPlan {
    var plan = CompressionPlan()
    plan.set(LayerSetting(weights: WeightQuantization(bits: bits)), forLayer: layer)
    return plan
  }

  @Test func speculatedPlansAreKnownAndTheSame() async throws {
    let engine = try engine()
    let layer = try #require(engine.model.layers.last?.name)
    let plans = [plan(layer, bits: 3), plan(layer, bits: 5)]
    _ = try await engine.evaluate(engine.compress(plan(layer, bits: 4)), focus: layer)
    let told = Mutex<[Int]>([])
    try await engine.speculate(on: plans, focus: layer, precision: .exact) { done in
      told.withLock { $0.append(done) }
    }
    #expect(told.withLock { $0 } == [1, 2])
    let other = try self.engine()
    for plan in plans {
      let known = try #require(await engine.known(engine.compress(plan)))
      let truth = try await other.evaluate(other.compress(plan))
      #expect(known.plan == truth.plan)
      #expect(known.sqnr == truth.sqnr)
    }
  }

  @Test func preparedInputsChangeNoNumber() async throws {
    let engine = try engine()
    let layer = try #require(engine.model.layers.last?.name)
    try await engine.prepare(nil, focus: layer)
    let prepared = try await engine.evaluate(
      engine.compress(plan(layer, bits: 2)), focus: layer)
    let other = try self.engine(memory: 0)
    let truth = try await other.evaluate(other.compress(plan(layer, bits: 2)))
    #expect(prepared.plan == truth.plan)
    #expect(prepared.divergence == truth.divergence)
    #expect(prepared.sqnr == truth.sqnr)
  }

  @Test func anEvaluationStopsWorkAhead() async throws {
    let engine = try engine()
    let layer = try #require(engine.model.layers.first?.name)
    let plans = (2...8).map { plan(layer, bits: $0) }
    let isStopped = Mutex(false)
    let work = Task {
      do {
        // More plans than could be done by the time the first is told.
        for _ in 0..<1000 {
          try await engine.speculate(on: plans, precision: .exact) { _ in
            Task { await engine.cancel() }
          }
        }
      } catch is CancellationError {
        isStopped.withLock { $0 = true }
      }
    }
    try await work.value
    #expect(isStopped.withLock { $0 })
  }
}
