import Foundation

/// A figure of a task: the original's value, the plan's, and how to write them.
public struct TaskFigure: Sendable, Hashable, Codable {
  /// How values are written.
  public enum Format: Sendable, Hashable, Codable {
    /// A share 0...1 in per cent, differences in points.
    case percent
    /// A number with so many places behind the point.
    case decimal(places: Int)
    /// A number with four significant figures.
    case significant
    /// A whole number.
    case count
  }

  /// The name as the field writes it: `Spearman`, `mAP@.50:.95`.
  public var name: String
  /// The key in JSON: `spearman`.
  public var key: String
  /// The original's value; nil where it has none, or none that is defined.
  public var baseline: Double?
  /// The plan's value; nil where it is not defined.
  public var plan: Double?
  /// How to write them.
  public var format: Format
  /// Whether more is better.
  public var isHigherBetter: Bool

  /// Makes a figure; values that are no finite numbers are taken as not defined.
  public init(
    _ name: String, key: String, baseline: Double?, plan: Double?, format: Format,
    isHigherBetter: Bool = true
  ) {
    func defined(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    self.name = name
    self.key = key
    self.baseline = defined(baseline)
    self.plan = defined(plan)
    self.format = format
    self.isHigherBetter = isHigherBetter
  }

  /// Points that the plan loses; negative for a gain, infinite where the plan's value is not defined.
  ///
  /// Hundredths of a figure that grows with quality, against a perfect 1 where the original has no value of
  /// its own; per cent of the original's value for an error.
  public var drop: Double {
    guard let plan else { return .infinity }
    if isHigherBetter { return 100 * ((baseline ?? 1) - plan) }
    guard let baseline else { return 100 * plan }
    return baseline > 0 ? 100 * (plan / baseline - 1) : plan > 0 ? .infinity : 0
  }

  /// The plan's value on a scale that ends at 1; nil where it is not defined.
  ///
  /// A figure that grows with quality is its own; of an error, the original's share in the plan's.
  public var quality: Double? {
    guard let plan else { return nil }
    if isHigherBetter { return plan }
    return plan > 0 ? (baseline ?? 0) / plan : 1
  }

  /// The original's value on the same scale.
  public var baselineQuality: Double { isHigherBetter ? baseline ?? 1 : 1 }

  /// A value as text, `-` where it is not defined: `0.8203`, `71.3 %`.
  public func text(_ value: Double?) -> String {
    guard let value else { return "-" }
    return switch format {
    case .percent: String(format: "%.1f %%", value * 100)
    case .decimal(let places): String(format: "%.\(places)f", value)
    case .significant: String(format: "%.4g", value)
    case .count: String(format: "%.0f", value)
    }
  }

  /// A difference of values as text, with its sign: `-0.0123`, `+1.2 pt`.
  public func differenceText(_ value: Double) -> String {
    switch format {
    case .percent: String(format: "%+.1f pt", value * 100)
    case .decimal(let places): String(format: "%+.\(places)f", value)
    case .significant: String(format: "%+.3g", value)
    case .count: String(format: "%+.0f", value)
    }
  }

  /// A difference with half the width of its interval: `-0.0123 ±0.0040`, `+1.2 ±0.4 pt`.
  ///
  /// - Parameters:
  ///   - difference: The difference.
  ///   - sign: What stands between the two: `±`, or `+/-` where there are no such glyphs.
  public func text(_ difference: TaskResult.Difference, sign: String = "±") -> String {
    let text = differenceText(difference.value)
    guard let interval = difference.interval95 else { return text }
    let half = (interval.upperBound - interval.lowerBound) / 2
    return switch format {
    case .percent:
      String(format: "%+.1f %@%.1f pt", difference.value * 100, sign, half * 100)
    case .decimal(let places): text + " " + sign + String(format: "%.\(places)f", half)
    case .significant: text + " " + sign + String(format: "%.2g", half)
    case .count: text + " " + sign + String(format: "%.0f", half)
    }
  }
}
