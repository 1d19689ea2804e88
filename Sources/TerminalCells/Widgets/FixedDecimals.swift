/// Numbers with a fixed number of decimals, without Foundation.
enum FixedDecimals {
  /// The text of a number, rounded half away from zero; `inf` and `nan` by name.
  static func text(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
    var factor = 1.0
    for _ in 0..<decimals { factor *= 10 }
    let scaled = (abs(value) * factor).rounded()
    // Past this, neighbouring numbers are further apart than one.
    guard scaled < 9e15 else { return "\(value)" }
    let digits = Int(scaled)
    let sign = value < 0 && digits != 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(digits)" }
    let fraction = String(digits % Int(factor))
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(sign)\(digits / Int(factor)).\(zeros)\(fraction)"
  }
}
