import Tensors

/// A size as people type it: `262144`, `200K`, `1.5M`, `256KiB`, or `25%` of a size.
public struct SizeText: Sendable, Hashable {
  /// What the number counts.
  private enum Unit: Sendable, Hashable {
    case bytes(Double)
    case percent
  }

  private let number: Double
  private let unit: Unit

  /// Reads a size; upper and lower case are alike, K, M and G are powers of 1,000.
  ///
  /// - Throws: ``EngineError`` with code `invalidArgument` for anything else.
  public init(_ text: String) throws(EngineError) {
    let trimmed = text.filter { !$0.isWhitespace }
    let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units: [String: Unit] = [
      "": .bytes(1), "b": .bytes(1), "%": .percent, "k": .bytes(1e3), "kb": .bytes(1e3),
      "m": .bytes(1e6), "mb": .bytes(1e6), "g": .bytes(1e9), "gb": .bytes(1e9),
      "kib": .bytes(1_024), "mib": .bytes(1_048_576), "gib": .bytes(1_073_741_824),
    ]
    guard let number = Double(digits), number.isFinite, number > 0,
      let unit = units[trimmed.dropFirst(digits.count).lowercased()], number < 1e12
    else {
      throw EngineError(
        .invalidArgument, subject: "size '\(text)'", problem: "is not a size",
        remedy: "Give bytes as 262144, 200K or 1.5M, or a share of the model's file as 25%")
    }
    self.number = number
    self.unit = unit
  }

  /// The size in whole bytes, rounded down; a percentage is of `original` bytes.
  public func bytes(of original: Int) -> Int {
    switch unit {
    case .bytes(let factor): Int((number * factor).rounded(.down))
    case .percent: Int((number / 100 * Double(original)).rounded(.down))
    }
  }
}
