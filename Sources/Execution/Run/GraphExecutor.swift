import NetworkGraph
import Tensors

/// Runs a graph on the calling thread.
///
/// Parallelism is the caller's: samples are sharded over the
/// threads of a ``WorkerPool``, each calling `run` with its own part of the batch.
public protocol GraphExecutor: Sendable {
  /// The graph being run; node positions in ``RunOptions`` refer to its nodes.
  var graph: NetworkGraph { get }

  /// Runs the graph, or its rest from a checkpoint.
  ///
  /// - Parameters:
  ///   - inputs: Values of the graph's runtime inputs by name; ignored when resuming.
  ///   - weights: Tensors that stand in for constants (initializers or `Constant` outputs) of the same
  ///     name and shape. Prepared forms are kept per tensor identity (its storage object), so
  ///     callers pass the same tensor for the same setting.
  ///   - options: Where to resume, what to capture, when to stop.
  /// - Throws: ``EngineError``; `CancellationError` when cancelled.
  func run(
    inputs: [String: Tensor], weights: [String: Tensor], options: RunOptions
  ) throws -> RunResult

  /// A checkpoint of samples picked out of others before the same position, in the order given: as if
  /// those samples had been run together.
  ///
  /// - Returns: Nil when samples can't be told apart in what is alive there; run from the inputs
  ///   then.
  /// - Throws: ``EngineError``.
  func gather(_ samples: [(checkpoint: Checkpoint, row: Int)]) throws -> Checkpoint?
}

extension GraphExecutor {
  /// Nil: samples are run from the inputs.
  public func gather(_ samples: [(checkpoint: Checkpoint, row: Int)]) throws -> Checkpoint? { nil }
}
