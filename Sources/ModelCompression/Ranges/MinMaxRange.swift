/// The smallest and the largest number: nothing saturates.
public struct MinMaxRange: RangeFinder {
  /// `minmax`.
  public let name = "minmax"
  /// For the screen.
  public let summary = "all weights are covered, nothing saturates"

  /// Makes the finder.
  public init() {}

  /// The extremes that the histogram remembers.
  public func range(of histogram: ValueHistogram, for grid: CodeGrid) -> ValueRange {
    ValueRange(low: histogram.minimum, high: histogram.maximum)
  }

  /// The extremes, exact.
  public func range(of values: [Float], for grid: CodeGrid) -> ValueRange {
    ValueRange(low: values.min() ?? 0, high: values.max() ?? 0)
  }
}
