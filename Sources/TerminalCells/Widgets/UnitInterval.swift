/// Rounding of fractions to steps that never tells none or all where it is some.
enum UnitInterval {
  /// The fraction inside 0...1; not-a-number counts as 0.
  static func clamped(_ fraction: Double) -> Double {
    fraction.isNaN ? 0 : min(max(fraction, 0), 1)
  }

  /// How many of a number of steps are filled: 0 and all only for exactly 0 and 1.
  static func steps(_ fraction: Double, of count: Int) -> Int {
    let value = clamped(fraction)
    guard value > 0, count > 0 else { return 0 }
    guard value < 1 else { return count }
    return min(max(Int((value * Double(count)).rounded()), 1), max(1, count - 1))
  }
}
