import ModelCompression

/// Work that may be done before the next key: the selected layer's inputs, and the plans that nudging
/// its setting leads to.
public struct AheadRequest: Sendable, Hashable {
  /// The plan as it stands.
  public var plan: CompressionPlan
  /// Its generation.
  public var generation: Int
  /// The selected layer.
  public var layer: String
  /// The plans that the next key may lead to, likeliest first.
  public var neighbours: [CompressionPlan]
}
