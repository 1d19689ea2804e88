/// Numbers as the screen writes them.
enum Figures {
  /// A percentage without needless decimals: `65 %`, `62.5 %`.
  static func percent(_ value: Double) -> String { "\(plainPercent(value)) %" }

  /// A percentage without its sign.
  static func plainPercent(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    return tenths.truncatingRemainder(dividingBy: 10) == 0
      ? "\(Int(tenths / 10))" : fixed(value, 1)
  }

  /// A number with a fixed count of decimals; `-` for what is none.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "-" : value < 0 ? "-inf" : "inf" }
    guard abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let rounded = Int64((abs(value) * scale).rounded())
    let whole = rounded / Int64(scale)
    let sign = value < 0 && rounded != 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let fraction = String(rounded % Int64(scale))
    return sign + "\(whole)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// The same with its sign always written.
  static func signed(_ value: Double, _ decimals: Int) -> String {
    let text = fixed(value, decimals)
    return text.hasPrefix("-") ? text : "+" + text
  }

  /// A whole number with its thousands parted: `36,864`.
  static func grouped(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var parts: [String] = []
    while digits.count > 3 {
      parts.insert(String(digits.suffix(3)), at: 0)
      digits = String(digits.dropLast(3))
    }
    return (value < 0 ? "-" : "") + ([digits] + parts).joined(separator: ",")
  }

  /// A count in at most five places: `432`, `2.3k`, `36.9k`, `1.2M`.
  static func short(_ value: Int) -> String {
    switch abs(value) {
    case ..<1000: "\(value)"
    case ..<999_950: "\(fixed(Double(value) / 1e3, 1))k"
    case ..<999_950_000: "\(fixed(Double(value) / 1e6, 1))M"
    default: "\(fixed(Double(value) / 1e9, 1))G"
    }
  }

  /// Bytes in at most seven places, in the unit of their own size: `143.2 kB`.
  static func bytes(_ value: Int) -> String { bytes(value, unitOf: value) }

  /// Bytes in the unit that suits `reference`, so that numbers side by side compare.
  static func bytes(_ value: Int, unitOf reference: Int) -> String {
    switch abs(reference) {
    case ..<10_000: "\(grouped(value)) B"
    case ..<1_000_000: "\(fixed(Double(value) / 1e3, 1)) kB"
    case ..<1_000_000_000: "\(fixed(Double(value) / 1e6, 2)) MB"
    default: "\(fixed(Double(value) / 1e9, 2)) GB"
    }
  }

  /// A factor: `7.6x`.
  static func ratio(_ value: Double) -> String {
    value.isFinite ? "\(fixed(value, value < 100 ? 1 : 0))x" : "-"
  }

  /// A signal to noise ratio in dB; `exact` where there is no noise.
  static func decibels(_ value: Double) -> String {
    value.isFinite ? "\(fixed(value, 1)) dB" : "exact"
  }

  /// A probability as papers write it: `0.03`, `<0.001`.
  static func probability(_ value: Double) -> String {
    value < 0.001 ? "<0.001" : fixed(value, value < 0.1 ? 3 : 2)
  }

  /// A weight with three significant digits.
  static func weight(_ value: Double) -> String {
    let size = abs(value)
    if size == 0 { return "0" }
    if size >= 99.95 { return fixed(value, 0) }
    if size >= 9.995 { return fixed(value, 1) }
    if size >= 0.0995 { return fixed(value, 2) }
    if size >= 0.00995 { return fixed(value, 3) }
    return size >= 0.000_95 ? fixed(value, 4) : fixed(value, 6)
  }

  /// Minutes and seconds since the start: `0:42`.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e9)))
    let rest = whole % 60
    return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
  }
}
