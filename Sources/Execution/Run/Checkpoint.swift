/// Every value that the nodes from ``position`` on still need, in the executor's own layout, so that
/// a run resumed here equals the full run bit for bit.
public final class Checkpoint: Sendable {
  /// Index of the first node that has not run.
  public let position: Int
  /// Bytes held (values shared with other checkpoints count here too).
  public let byteCount: Int
  /// The executor's own values by name.
  public let values: [String: any Sendable]

  /// Made by executors.
  public init(position: Int, byteCount: Int, values: [String: any Sendable]) {
    self.position = position
    self.byteCount = byteCount
    self.values = values
  }
}
