/// How sure a result is.
public enum MeasuredPrecision: String, Sendable, Hashable, Comparable {
  /// Estimated from some samples, or measured in bfloat16: every number is approximate.
  case draft
  /// Counts are those of 32-bit floats; loss, divergence, cosine and SQNR are estimated or a draft's.
  case settled
  /// Measured in 32-bit floats.
  case exact

  private var rank: Int {
    switch self {
    case .draft: 0
    case .settled: 1
    case .exact: 2
    }
  }

  /// Whether the counts are those of 32-bit floats.
  public var hasSettledCounts: Bool { self != .draft }

  /// Less sure comes first.
  public static func < (a: MeasuredPrecision, b: MeasuredPrecision) -> Bool { a.rank < b.rank }
}
