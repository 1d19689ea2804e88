/// The numbers that codes should cover; smaller and larger ones saturate.
public struct ValueRange: Sendable, Hashable {
  /// The lowest number, 0 or below unless a histogram holds positive numbers only.
  public var low: Float
  /// The highest number.
  public var high: Float

  /// A range from `low` to `high`.
  public init(low: Float, high: Float) {
    self.low = low
    self.high = high
  }

  /// The larger magnitude of the two ends.
  public var magnitude: Float { max(low.magnitude, high.magnitude) }

  /// The range that holds 0 too, as every grid must.
  public var holdingZero: ValueRange { ValueRange(low: min(low, 0), high: max(high, 0)) }
}
