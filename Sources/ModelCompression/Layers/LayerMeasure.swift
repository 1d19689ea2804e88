/// What a setting makes of a layer in figures: exact, but without storing any weights.
public struct LayerMeasure: Sendable, Hashable {
  /// How many weights pruning took.
  public let prunedCount: Int
  /// How many weights are zero afterwards.
  ///
  /// Nil for a layer left alone whose weights were not counted yet: no size depends on it then.
  public let zeroCount: Int?
  /// Bytes in each way to store the layer.
  public let size: StoredSize
  /// Whether the weights are the original ones.
  public let isUntouched: Bool
}
