/// Exact size of one layer under the plan.
public struct LayerSize: Sendable, Hashable {
  /// Bytes as stored, scales included.
  public var storedBytes: Int
  /// Share of zeros, 0...1.
  public var sparsity: Double?

  /// Makes a size.
  public init(storedBytes: Int, sparsity: Double?) {
    self.storedBytes = storedBytes
    self.sparsity = sparsity
  }
}
