import Execution
import NetworkGraph
import Synchronization
import Tensors

/// Runs a graph with weights and inputs rounded to bfloat16 and everything else in 32-bit floats: a
/// draft on any processor.
final class RoundedExecutor: GraphExecutor {
  let graph: NetworkGraph
  private let executor: FastExecutor
  private let rounded = Mutex<[ObjectIdentifier: (original: Tensor, rounded: Tensor)]>([:])

  init(_ graph: NetworkGraph) throws {
    self.graph = graph
    var copy = graph
    for (name, tensor) in graph.initializers where tensor.type == .float32 {
      copy.initializers[name] = Self.round(tensor)
    }
    executor = try FastExecutor(graph: copy)
  }

  private static func round(_ tensor: Tensor) -> Tensor {
    Tensor(tensor.shape, tensor.floats.map { BFloat16($0).float })
  }

  func run(
    inputs: [String: Tensor], weights: [String: Tensor], options: RunOptions
  ) throws -> RunResult {
    let weights = weights.mapValues { tensor in
      // The same tensor for the same setting, as executors want it; the original is held, so that
      // its address stays its own.
      rounded.withLock { rounded in
        let key = ObjectIdentifier(tensor.storage)
        if let known = rounded[key] { return known.rounded }
        let result = Self.round(tensor)
        rounded[key] = (tensor, result)
        return result
      }
    }
    return try executor.run(
      inputs: inputs.mapValues { $0.type == .float32 ? Self.round($0) : $0 }, weights: weights,
      options: options)
  }
}
