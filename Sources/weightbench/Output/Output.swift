import Foundation
import ModelFormats
import Tensors

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

  /// Writes a whole text file.
  static func write(_ text: String, to path: String) throws(EngineError) {
    let bytes = Array(text.utf8)
    try AtomicFile.write(to: path) { (file: AtomicFile) throws(EngineError) in
      try file.append(bytes)
    }
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

  /// Seconds as people read them: `8 s`, `3 min 20 s`, `2 h 5 min`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(max(seconds, 0).rounded(.up))
    return switch whole {
    case ..<60: "\(whole) s"
    case ..<3600: "\(whole / 60) min \(whole % 60) s"
    default: "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }

  /// A fraction as a percentage with one decimal.
  static func percent(_ fraction: Double) -> String { String(format: "%.1f %%", fraction * 100) }
}
