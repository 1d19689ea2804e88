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

  private func otherWeights(_ graph: NetworkGraph) throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for (name, tensor) in graph.initializers
    where tensor.type == .float32 && tensor.rank >= 2 && tensor.count > 100 && weights.count < 5 {
      weights[name] = Tensor(tensor.shape, tensor.floats.map { $0 * 0.9 })
    }
    return try #require(weights.isEmpty ? nil : weights)
  }
}
