import Execution
import NetworkGraph
import Synchronization
import Tensors
import TestSupport
import Testing

/// Results do not depend on threads.
@Suite struct ConcurrencyTests {
  @Test(
    .enabled(if: SharedAssets.folder != nil, "no shared assets"),
    arguments: [AssetModel.resnet20Folded, .minilm])
  func resultsAreTheSameForAnyNumberOfWorkers(_ model: AssetModel) async throws {
    let graph = try model.graph()
    let executor = try FastExecutor(graph: graph)
    let changed = try otherWeights(graph)
    let batches = try (0..<6).map { try model.inputs(for: graph, start: $0 * 2, count: 2) }
    var results: [[Tensor]] = []
    for threads in [1, 2, 5] {
      let pool = WorkerPool(threads: threads)
      let outputs = Mutex([Tensor?](repeating: nil, count: 12))
      try await pool.forEach(12) { item in
        // Half of the runs use other weights, at the same time.
        let result = try executor.run(
          inputs: batches[item % 6], weights: item < 6 ? [:] : changed, options: RunOptions())
        outputs.withLock { $0[item] = result.outputs[graph.outputs[0].name] }
      }
      results.append(try outputs.withLock { $0 }.map { try #require($0) })
    }
    for other in results.dropFirst() {
      for (a, b) in zip(results[0], other) { #expect(TensorComparison.areIdentical(a, b)) }
    }
    #expect(!TensorComparison.areIdentical(results[0][0], results[0][6]))
  }

  @Test(
    .enabled(if: SharedAssets.folder != nil, "no shared assets"),
    arguments: [AssetModel.resnet20, .fashion, .minilm, .bccd], FastExecutor.Options.testable)
  func suffixesEqualFullRunsForAnyNumberOfWorkers(
    _ model: AssetModel, _ options: FastExecutor.Options
  ) async throws {
    let graph = try model.graph()
    let executor = try FastExecutor(graph: graph, options: options)
    let output = graph.outputs[0].name
    let batches = try (0..<4).map { try model.inputs(for: graph, start: $0 * 2, count: 2) }
    var generator = SeededGenerator(seed: 31)
    let changes = try (0..<3).map { _ in try change(graph, &generator) }
    let cuts = Set(changes.map(\.cut)).sorted()
    // Full runs, one after the other, of another executor.
    let alone = try FastExecutor(graph: graph, options: options)
    let expected = try changes.map { change in
      try batches.map { batch in
        try #require(
          alone.run(inputs: batch, weights: change.weights, options: RunOptions()).outputs[output])
      }
    }
    for threads in [1, 2, 4] {
      let pool = WorkerPool(threads: threads)
      let kept = Mutex([[Int: Checkpoint]](repeating: [:], count: batches.count))
      try await pool.forEach(batches.count) { item in
        let result = try executor.run(
          inputs: batches[item], weights: [:], options: RunOptions(captureBefore: cuts))
        kept.withLock { $0[item] = result.checkpoints }
      }
      let checkpoints = kept.withLock { $0 }
      let actual = Mutex([Tensor?](repeating: nil, count: changes.count * batches.count))
      try await pool.forEach(changes.count * batches.count) { item in
        let (change, batch) = (changes[item / batches.count], item % batches.count)
        let result = try executor.run(
          inputs: [:], weights: change.weights,
          options: RunOptions(resume: checkpoints[batch][change.cut]))
        actual.withLock { $0[item] = result.outputs[output] }
      }
      let tensors = actual.withLock { $0 }
      for (item, tensor) in tensors.enumerated() {
        let (index, batch) = (item / batches.count, item % batches.count)
        #expect(
          TensorComparison.areIdentical(try #require(tensor), expected[index][batch]),
          "\(model.path), \(threads) workers, cut \(changes[index].cut), batch \(batch)")
      }
    }
  }

  /// Other weights for one layer, and a cut that they do not reach across.
  private func change(
    _ graph: NetworkGraph, _ generator: inout SeededGenerator
  ) throws -> (weights: [String: Tensor], cut: Int) {
    let candidates = graph.initializers.filter { $0.value.type == .float32 && $0.value.rank >= 2 }
    let (name, tensor) = try #require(candidates.elements.randomElement(using: &generator))
    let first = try #require(graph.consumers()[name]?.min())
    let values = tensor.floats.map { $0 * Float.random(in: 0.5...1.5, using: &generator) }
    return (
      [name: Tensor(tensor.shape, values)], Int.random(in: 0...first, using: &generator)
    )
  }

  private func otherWeights(_ graph: NetworkGraph) throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for (name, tensor) in graph.initializers
    where tensor.type == .float32 && tensor.rank >= 2 && tensor.count > 100 && weights.count < 5 {
      weights[name] = Tensor(tensor.shape, tensor.floats.map { $0 * 0.9 })
    }
    return try #require(weights.isEmpty ? nil : weights)
  }
}
