import Execution
import Gradients
import ModelCompression
import NetworkGraph
import Tensors

/// The networks of a training run: the one that is trained, forwards and backwards, and the float one
/// that it learns from.
struct TrainingNetwork: Sendable {
  /// The network that is trained, with the plan's steps and, where it says so, rounded activations.
  let graph: NetworkGraph
  /// Forwards and backwards.
  let executor: TrainingExecutor
  /// Forwards only.
  let forward: FastExecutor
  /// The model as it was opened.
  let teacher: FastExecutor

  /// - Parameter byteLimit: Memory for the values of one shard.
  /// - Throws: ``EngineError`` when a network can't be run or differentiated.
  init(
    graph: NetworkGraph, teacher: NetworkGraph, wanted: Set<String>, byteLimit: Int
  ) throws {
    self.graph = graph
    executor = try TrainingExecutor(graph: graph, wanted: wanted, byteLimit: byteLimit)
    forward = try FastExecutor(graph: graph)
    self.teacher = try FastExecutor(graph: teacher)
  }
}
