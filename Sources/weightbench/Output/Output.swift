import Foundation

/// Writes results to standard output and messages to standard error.
enum Output {
  /// Prints one JSON object; numbers that JSON lacks (infinity, NaN) become null through optionals.
  static func json(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    guard let data = try? encoder.encode(value) else { return }
    FileHandle.standardOutput.write(data + Data("\n".utf8))
  }

  /// Prints a note to standard error.
  static func note(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }

  /// A finite number, or nil for JSON's null.
  static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

  /// A byte count as people read it: `1.07 MB`.
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1_000: "\(count) B"
    case ..<1_000_000: String(format: "%.1f kB", Double(count) / 1e3)
    case ..<1_000_000_000: String(format: "%.2f MB", Double(count) / 1e6)
    default: String(format: "%.2f GB", Double(count) / 1e9)
    }
  }

  /// A fraction as a percentage with one decimal.
  static func percent(_ fraction: Double) -> String { String(format: "%.1f %%", fraction * 100) }
}
