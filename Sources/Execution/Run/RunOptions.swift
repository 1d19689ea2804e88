/// Where a run starts, what it keeps, and when it stops.
public struct RunOptions: Sendable {
  /// Start from here instead of from the inputs: only nodes at ``Checkpoint/position`` and later run.
  public var resume: Checkpoint?
  /// Node positions to capture a checkpoint before, ascending.
  public var captureBefore: [Int]
  /// Stop before the node at this position, without outputs: for checkpoints alone.
  public var stopBefore: Int?
  /// Asked between nodes; true stops the run with `CancellationError`.
  public var isCancelled: (@Sendable () -> Bool)?

  /// A full run that captures nothing, unless told otherwise.
  public init(
    resume: Checkpoint? = nil, captureBefore: [Int] = [], stopBefore: Int? = nil,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) {
    self.resume = resume
    self.captureBefore = captureBefore
    self.stopBefore = stopBefore
    self.isCancelled = isCancelled
  }
}
