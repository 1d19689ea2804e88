/// NumPy's sums and grids, bit for bit: pycocotools' figures rest on them.
enum NumPy {
  /// `numpy.linspace`, whose step is rounded once, and whose last value is the end itself.
  ///
  /// Sums of steps, and products with a step that was rounded otherwise, differ in the last bit, and
  /// comparisons with them do too.
  static func linspace(_ start: Double, _ end: Double, count: Int) -> [Double] {
    let step = (end - start) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? end : Double($0) * step + start }
  }

  /// `numpy.mean` of a contiguous array: pairwise sums in blocks of 128 with eight running sums; nil of
  /// nothing.
  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : pairwiseSum(values[...]) / Double(values.count)
  }

  private static func pairwiseSum(_ values: ArraySlice<Double>) -> Double {
    let (start, count) = (values.startIndex, values.count)
    if count < 8 { return values.reduce(0, +) }
    guard count <= 128 else {
      var half = count / 2
      half -= half % 8
      return pairwiseSum(values.prefix(half)) + pairwiseSum(values.dropFirst(half))
    }
    var sums = Array(values.prefix(8))
    var index = 8
    while index < count - count % 8 {
      for lane in 0..<8 { sums[lane] += values[start + index + lane] }
      index += 8
    }
    var result =
      ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    for rest in index..<count { result += values[start + rest] }
    return result
  }
}
