/// Correlation of two rows of numbers.
enum Correlation {
  /// Pearson's r: the covariance over the product of the standard deviations.
  ///
  /// - Parameter draws: How often each place counts; nil for once.
  /// - Returns: Nil with fewer than two values, or when one row is constant or holds a value that is no
  ///   number: SciPy gives nan there.
  static func pearson(_ x: [Double], _ y: [Double], draws: [Int]? = nil) -> Double? {
    precondition(x.count == y.count, "rows of different lengths")
    var (count, sumX, sumY) = (0.0, 0.0, 0.0)
    for index in x.indices {
      let weight = draws.map { Double($0[index]) } ?? 1
      count += weight
      sumX += weight * x[index]
      sumY += weight * y[index]
    }
    guard count > 1 else { return nil }
    let (meanX, meanY) = (sumX / count, sumY / count)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for index in x.indices {
      let weight = draws.map { Double($0[index]) } ?? 1
      let (a, b) = (x[index] - meanX, y[index] - meanY)
      xx += weight * a * a
      yy += weight * b * b
      xy += weight * a * b
    }
    guard xx > 0, yy > 0, (xx * yy).isFinite else { return nil }
    return min(max(xy / (xx.squareRoot() * yy.squareRoot()), -1), 1)
  }

  /// Spearman's rank correlation: Pearson's of the average ranks.
  ///
  /// - Returns: Nil as ``pearson(_:_:draws:)`` does.
  static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
    guard (x + y).allSatisfy({ !$0.isNaN }) else { return nil }
    let once = [Int](repeating: 1, count: x.count)
    return pearson(RankedValues(x).ranks(draws: once), RankedValues(y).ranks(draws: once))
  }
}
