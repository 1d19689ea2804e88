/// Counts of weights in fine bins over a fixed range, to be gathered into as many columns as the
/// screen has.
public struct WeightHistogram: Sendable, Hashable {
  /// Number of fine bins.
  public static let bins = 4096

  /// The range of the axis; values outside count in the end bins.
  public var range: ClosedRange<Float>
  /// Weights that are not exactly zero, by bin.
  public var counts: [Int]
  /// Weights that are exactly zero.
  public var zeros: Int

  /// Counts `weights` over `range`; NaN and infinity are left out.
  public init(_ weights: UnsafeBufferPointer<Float>, range: ClosedRange<Float>) {
    self.init(range: range)
    add(weights)
  }

  /// Nothing is counted yet.
  init(range: ClosedRange<Float>) {
    self.range = range
    counts = [Int](repeating: 0, count: Self.bins)
    zeros = 0
  }

  /// Counts more weights.
  mutating func add(_ weights: UnsafeBufferPointer<Float>) {
    let low = range.lowerBound
    let width = range.upperBound - low
    let scale = width > 0 ? Float(Self.bins) / width : 0
    var zeros = 0
    counts.withUnsafeMutableBufferPointer { counts in
      for weight in weights {
        if weight == 0 {
          zeros &+= 1
        } else if weight.isFinite {
          // Cutting off is rounding down where nothing is negative.
          let place = (weight - low) * scale
          counts[Int(min(max(place, 0), Float(Self.bins - 1)))] &+= 1
        }
      }
    }
    self.zeros += zeros
  }

  /// The counts gathered into `count` columns of equal width; a bin that lies across a border is
  /// shared out in proportion, so that no comb appears where the division leaves a rest.
  public func columns(_ count: Int) -> [Double] {
    guard count > 0 else { return [] }
    var result = [Double](repeating: 0, count: count)
    let scale = Double(count) / Double(counts.count)
    for (bin, amount) in counts.enumerated() where amount > 0 {
      let start = Double(bin) * scale
      let end = Double(bin + 1) * scale
      let first = min(count - 1, Int(start))
      let last = min(count - 1, Int(end))
      if first == last || end <= Double(last) {
        result[first] += Double(amount)
      } else {
        let share = (Double(last) - start) / (end - start)
        result[first] += Double(amount) * share
        result[last] += Double(amount) * (1 - share)
      }
    }
    return result
  }

  /// The column of `value` among `count`; nil outside the range.
  public func column(of value: Float, among count: Int) -> Int? {
    guard range.contains(value), count > 0 else { return nil }
    let width = range.upperBound - range.lowerBound
    guard width > 0 else { return 0 }
    return min(count - 1, Int((value - range.lowerBound) / width * Float(count)))
  }
}
