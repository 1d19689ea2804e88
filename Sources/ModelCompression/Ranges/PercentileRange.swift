/// The percentiles of a histogram, as ONNX Runtime's `PercentileCalibrater` finds them
/// (`HistogramCollector.compute_percentile`): outliers saturate.
public struct PercentileRange: RangeFinder {
  /// `percentile`.
  public let name = "percentile"
  /// For the screen.
  public let summary = "outliers beyond a percentile saturate"
  /// How much is covered, 50...100 %.
  public var percent: Double

  /// Makes the finder; 99.999 % is ONNX Runtime's default.
  public init(percent: Double = 99.999) { self.percent = percent }

  /// `percent`.
  public var options: [ChoiceOption] {
    [ChoiceOption(name: "percent", standard: .number(99.999), allowed: 50...100)]
  }

  /// The finder with another percentage.
  public func configured(by options: ChoiceOptions) -> PercentileRange {
    PercentileRange(percent: options.number("percent"))
  }

  /// A histogram of magnitudes gives its percentile with both signs; one of both signs leaves
  /// (100 - percent) / 2 % out on each side; never beyond the numbers that were counted.
  public func range(of histogram: ValueHistogram, for grid: CodeGrid) -> ValueRange {
    let total = Double(histogram.total)
    var sum = 0.0
    let shares = histogram.counts.map { count in
      sum += Double(count) / total
      return sum
    }
    func edge(at share: Double) -> Float {
      histogram.edges[shares.firstIndex { $0 >= share } ?? shares.count]
    }
    var range: ValueRange
    if histogram.isOfMagnitudes {
      let end = edge(at: percent / 100)
      range = ValueRange(low: -end, high: end)
    } else {
      let cut = (100 - percent) / 200
      range = ValueRange(low: edge(at: cut), high: edge(at: 1 - cut))
    }
    range.low = max(range.low, histogram.minimum)
    range.high = min(range.high, histogram.maximum)
    return range
  }

  /// By way of magnitudes for symmetric codes, of both signs for others.
  public func range(of values: [Float], for grid: CodeGrid) -> ValueRange {
    guard !values.isEmpty else { return ValueRange(low: 0, high: 0) }
    if grid.isSymmetric { return range(of: ValueHistogram(magnitudesOf: values), for: grid) }
    var histogram = ValueHistogram()
    values.withUnsafeBufferPointer { histogram.add($0) }
    return range(of: histogram, for: grid)
  }
}
