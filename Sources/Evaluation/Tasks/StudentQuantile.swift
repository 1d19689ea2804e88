/// The 97.5th percentile of Student's t distribution: the half width of 95 % intervals in standard errors.
enum StudentQuantile {
  /// Those of 1 to 4 degrees of freedom, where the series below is too short.
  private static let first = [12.7062, 4.3027, 3.1824, 2.7764]

  /// The percentile, to within 0.001: Abramowitz and Stegun, 26.7.5.
  ///
  /// - Parameter freedom: Degrees of freedom, from 1 on.
  static func at975(freedom: Int) -> Double {
    precondition(freedom > 0, "\(freedom) degrees of freedom")
    if freedom <= first.count { return first[freedom - 1] }
    let z = 1.959963984540054
    let v = Double(freedom)
    let (z2, z4, z6) = (z * z, z * z * z * z, z * z * z * z * z * z)
    let terms = [
      (z2 + 1) / 4, (5 * z4 + 16 * z2 + 3) / 96,
      (3 * z6 + 19 * z4 + 17 * z2 - 15) / 384,
      (79 * z6 * z2 + 776 * z6 + 1482 * z4 - 1920 * z2 - 945) / 92_160,
    ]
    return z * (1 + terms.reversed().reduce(0) { ($0 + $1) / v })
  }
}
