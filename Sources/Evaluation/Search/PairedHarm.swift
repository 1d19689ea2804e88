/// Whether one plan harms less than another on the same images.
///
/// The criterion is one-sided: the mean of the differences, image by image, has to lie below zero by
/// 1.645 of its standard errors (95 %).
public struct PairedHarm: Sendable, Hashable {
  /// Standard errors below zero from which on a difference counts.
  public static let threshold = 1.645

  /// Mean of new minus old.
  public let difference: Double
  /// Standard error of ``difference``.
  public let standardError: Double

  /// Compares the harms of the same images.
  public init(old: [Double], new: [Double]) {
    precondition(old.count == new.count, "harms of different images")
    let differences = zip(new, old).map { $0 - $1 }
    let count = Double(max(differences.count, 1))
    let mean = differences.reduce(0, +) / count
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    difference = mean
    standardError = (squares / max(count - 1, 1) / count).squareRoot()
  }

  /// Whether the new plan is better beyond chance.
  public var isBetter: Bool { difference < 0 && difference < -Self.threshold * standardError }
}
