/// The range whose 128 quantized bins lose the least information, as ONNX Runtime's
/// `EntropyCalibrater` finds it (`HistogramCollector.get_entropy_threshold`, after TensorRT's
/// "8-bit inference", GTC 2017): the least Kullback-Leibler divergence between the histogram cut off
/// at a range and the same merged into 128 bins.
///
/// The arithmetic follows ONNX Runtime's down to float32 and the order of sums, because neighbouring
/// ranges often differ by less than rounding.
public struct EntropyRange: RangeFinder {
  /// `entropy`.
  public let name = "entropy"
  /// For the screen.
  public let summary = "the range that loses the least information (KL)"
  /// Quantized bins.
  let quantizedBins: Int

  /// Makes the finder; 128 quantized bins are ONNX Runtime's default.
  public init(quantizedBins: Int = 128) { self.quantizedBins = quantizedBins }

  /// The range; never beyond the numbers that were counted.
  ///
  /// A histogram of fewer bins than there are
  /// quantized ones gives all of it.
  public func range(of histogram: ValueHistogram, for grid: CodeGrid) -> ValueRange {
    let counts = histogram.counts
    let middle = counts.count / 2
    let half = quantizedBins / 2
    guard middle >= half else {
      return ValueRange(low: histogram.minimum, high: histogram.maximum)
    }
    var cumulated = [0]
    for count in counts { cumulated.append(cumulated[cumulated.count - 1] + count) }
    var best = (divergence: Float.infinity, reach: half)
    var scratch = Scratch()
    for reach in half...middle {
      let start = middle - reach
      let end = min(middle + reach + 1, counts.count)
      let found = divergence(counts, cumulated, start..<end, &scratch)
      if found < best.divergence { best = (found, reach) }
    }
    let end = min(middle + best.reach + 1, counts.count)
    return ValueRange(
      low: max(histogram.edges[middle - best.reach], histogram.minimum),
      high: min(histogram.edges[end], histogram.maximum))
  }

  /// Memory that every range uses again.
  private struct Scratch {
    var reference: [Float] = []
    var candidate: [Float] = []
    var terms: [Float] = []
  }

  /// The divergence of one range of bins; infinity when either side is empty.
  private func divergence(
    _ counts: [Int], _ cumulated: [Int], _ range: Range<Int>, _ scratch: inout Scratch
  ) -> Float {
    let total = cumulated[counts.count]
    let (start, end) = (range.lowerBound, range.upperBound)
    let size = range.count
    var reference = Array(counts[range])
    reference[0] += cumulated[start]
    reference[size - 1] += total - cumulated[end]
    let merged = size / quantizedBins
    var candidate = [Int](repeating: 0, count: size)
    for bin in 0..<quantizedBins {
      let from = bin * merged
      let to = from + merged
      // The last bin takes what division leaves over, but spreads it over its own part.
      let taken = bin == quantizedBins - 1 ? end : start + to
      let sum = cumulated[taken] - cumulated[start + from]
      var filled = 0
      for index in from..<to where reference[index] != 0 { filled += 1 }
      guard filled > 0 else { continue }
      let value = sum / filled
      for index in from..<to { candidate[index] = value }
    }
    guard Self.smooth(reference, into: &scratch.reference),
      Self.smooth(candidate, into: &scratch.candidate)
    else { return .infinity }
    return Self.entropy(&scratch)
  }

  /// `smooth_distribution`: zeros become 0.0001, taken off the others evenly.
  private static func smooth(_ counts: [Int], into result: inout [Float]) -> Bool {
    let epsilon = 0.0001
    var zeros = 0
    for count in counts where count == 0 { zeros += 1 }
    guard zeros < counts.count else { return false }
    let taken = Float(-(epsilon * Double(zeros) / Double(counts.count - zeros)))
    let given = Float(epsilon)
    result.removeAll(keepingCapacity: true)
    for count in counts { result.append(Float(count) + (count == 0 ? given : taken)) }
    return true
  }

  /// `scipy.stats.entropy(reference, candidate)` in float32.
  private static func entropy(_ scratch: inout Scratch) -> Float {
    let referenceSum = PairwiseSum.of(scratch.reference)
    let candidateSum = PairwiseSum.of(scratch.candidate)
    scratch.terms.removeAll(keepingCapacity: true)
    var last: (p: Float, q: Float, term: Float) = (0, 0, 0)
    for index in scratch.reference.indices {
      let (p, q) = (scratch.reference[index], scratch.candidate[index])
      if p != last.p || q != last.q {
        last = (p, q, relative(Double(p / referenceSum), Double(q / candidateSum)))
      }
      scratch.terms.append(last.term)
    }
    return PairwiseSum.of(scratch.terms)
  }

  /// `scipy.special.rel_entr`: x log(x / y).
  private static func relative(_ x: Double, _ y: Double) -> Float {
    guard x > 0, y > 0 else { return x == 0 && y >= 0 ? 0 : .infinity }
    let ratio = x / y
    if ratio > 0.5, ratio < 2 { return Float(x * RealMath.log1p((x - y) / y)) }
    return Float(x * RealMath.log(ratio))
  }
}
