/// How counts become heights.
public enum HistogramScale: String, Sendable, Hashable, CaseIterable {
  /// In proportion.
  case linear
  /// By their logarithm, so that small counts show beside large ones.
  case logarithmic

  /// The height of a count as a fraction of the largest.
  func fraction(_ count: Double, largest: Double) -> Double {
    guard count > 0, largest > 0 else { return 0 }
    guard count.isFinite, largest.isFinite else { return 1 }
    switch self {
    case .linear: return min(1, count / largest)
    case .logarithmic: return min(1, Self.logarithm(1 + count) / Self.logarithm(1 + largest))
    }
  }
}
