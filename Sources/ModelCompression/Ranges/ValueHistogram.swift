/// Counts of numbers in bins of equal width, as ONNX Runtime's `HistogramCollector` makes them with
/// NumPy: the same edges in float32 and the same counts.
public struct ValueHistogram: Sendable, Hashable {
  /// How many numbers lie in each bin: at its lower edge or above, below its upper edge; the last bin
  /// holds its upper edge too.
  public private(set) var counts: [Int]
  /// The edges, ascending; one more than bins.
  public private(set) var edges: [Float]
  /// The smallest number.
  public private(set) var minimum: Float
  /// The largest number.
  public private(set) var maximum: Float
  /// Whether magnitudes were counted instead of the numbers.
  public let isOfMagnitudes: Bool
  /// Numbers reach from -threshold to threshold.
  private var threshold: Float
  private var isEmpty: Bool

  /// How many numbers were counted.
  public var total: Int { counts.reduce(0, +) }

  /// Nothing counted yet; ``add(_:)`` counts numbers of both signs around 0
  /// (`HistogramCollector.collect_value`).
  public init(bins: Int = 2048) {
    precondition(bins > 0, "a histogram needs bins")
    counts = [Int](repeating: 0, count: bins)
    edges = [Float](repeating: 0, count: bins + 1)
    (minimum, maximum, threshold) = (0, 0, 0)
    isOfMagnitudes = false
    isEmpty = true
  }

  /// The magnitudes of finite numbers, from the smallest to the largest
  /// (`HistogramCollector.collect_absolute_value` of one batch).
  public init(magnitudesOf values: [Float], bins: Int = 2048) {
    let magnitudes = values.map(\.magnitude)
    (edges, counts) = ([], [])
    minimum = values.min() ?? 0
    maximum = values.max() ?? 0
    threshold = magnitudes.max() ?? 0
    isOfMagnitudes = true
    isEmpty = values.isEmpty
    edges = Self.edges(from: magnitudes.min() ?? 0, to: threshold, bins: bins)
    counts = magnitudes.withUnsafeBufferPointer { Self.counts($0, edges) }
  }

  /// A histogram that someone else counted.
  public init(
    counts: [Int], edges: [Float], minimum: Float, maximum: Float, isOfMagnitudes: Bool = false
  ) {
    precondition(edges.count == counts.count + 1, "\(edges.count) edges of \(counts.count) bins")
    self.counts = counts
    self.edges = edges
    self.minimum = minimum
    self.maximum = maximum
    self.isOfMagnitudes = isOfMagnitudes
    threshold = edges.last ?? 0
    isEmpty = false
  }

  /// Counts a batch of finite numbers; the first batch decides the width of bins, and later ones that
  /// reach further add bins on both sides (`merge_histogram`).
  public mutating func add(_ values: UnsafeBufferPointer<Float>) {
    guard let low = values.min(), let high = values.max() else { return }
    let reach = max(low.magnitude, high.magnitude)
    if isEmpty {
      (minimum, maximum, isEmpty) = (low, high, false)
      widen(to: reach, bins: counts.count)
    } else {
      minimum = min(minimum, low)
      maximum = max(maximum, high)
      if reach > threshold { grow(to: reach) }
    }
    let added = Self.counts(values, edges)
    for index in added.indices { counts[index] += added[index] }
  }

  private mutating func widen(to threshold: Float, bins: Int) {
    self.threshold = threshold
    edges = Self.edges(from: -threshold, to: threshold, bins: bins)
  }

  private mutating func grow(to reach: Float) {
    guard threshold > 0 else { return widen(to: reach, bins: counts.count) }
    let stride = 2 * threshold / Float(counts.count)
    let added = Int(Self.floorDivide(reach - threshold, stride) + 1)
    let sides = [Int](repeating: 0, count: added)
    counts = sides + counts + sides
    widen(to: Float(added) * stride + threshold, bins: counts.count)
  }

  /// NumPy's `//` of floats.
  private static func floorDivide(_ a: Float, _ b: Float) -> Float {
    let quotient = (a - a.truncatingRemainder(dividingBy: b)) / b
    let floor = quotient.rounded(.down)
    return quotient - floor > 0.5 ? floor + 1 : floor
  }

  /// `numpy.linspace` in float32; a range without width is widened by 0.5 on both sides.
  private static func edges(from first: Float, to last: Float, bins: Int) -> [Float] {
    let (first, last) = first == last ? (first - 0.5, last + 0.5) : (first, last)
    let step = (last - first) / Float(bins)
    var edges = (0...bins).map { Float($0) * step + first }
    edges[bins] = last
    return edges
  }

  private static func counts(
    _ values: UnsafeBufferPointer<Float>, _ edges: [Float]
  ) -> [Int] {
    let bins = edges.count - 1
    var counts = [Int](repeating: 0, count: bins)
    let first = edges[0]
    let factor = Float(bins) / (edges[bins] - first)
    for value in values {
      // The guess may be a bin off at an edge: the edges decide.
      var bin = min(max(Int((value - first) * factor), 0), bins - 1)
      while bin > 0, value < edges[bin] { bin -= 1 }
      while bin < bins - 1, value >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
    return counts
  }
}
