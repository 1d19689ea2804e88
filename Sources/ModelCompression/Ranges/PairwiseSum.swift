/// Sums in the order in which NumPy adds contiguous float32: halves down to 128, eight sums side by
/// side below.
enum PairwiseSum {
  /// The sum, bit for bit `numpy.sum`.
  static func of(_ values: [Float]) -> Float {
    values.withUnsafeBufferPointer { sum($0) }
  }

  private static func sum(_ values: UnsafeBufferPointer<Float>) -> Float {
    let count = values.count
    if count < 8 {
      // NumPy starts from -0, so that the sum of nothing but -0 is -0.
      var sum: Float = -0.0
      for value in values { sum += value }
      return sum
    }
    if count <= 128 {
      var sums = SIMD8<Float>()
      for lane in 0..<8 { sums[lane] = values[lane] }
      var index = 8
      while index < count - count % 8 {
        for lane in 0..<8 { sums[lane] += values[index + lane] }
        index += 8
      }
      var sum =
        ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
      while index < count {
        sum += values[index]
        index += 1
      }
      return sum
    }
    var half = count / 2
    half -= half % 8
    return sum(UnsafeBufferPointer(rebasing: values[..<half]))
      + sum(UnsafeBufferPointer(rebasing: values[half...]))
  }
}
