import Tensors

/// What a run produced.
public struct RunResult: Sendable {
  /// The graph's outputs by name, plain row-major.
  public var outputs: [String: Tensor]
  /// The captured checkpoints by position.
  public var checkpoints: [Int: Checkpoint]

  /// Made by executors.
  public init(outputs: [String: Tensor], checkpoints: [Int: Checkpoint] = [:]) {
    self.outputs = outputs
    self.checkpoints = checkpoints
  }
}
