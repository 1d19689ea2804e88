import Datasets

/// The samples that calibration runs: inputs only, whatever labels they have.
public struct CalibrationSamples: Sendable {
  /// The data.
  public let data: EvaluationData
  /// How many of its items are used: the first ones in file order.
  public let count: Int
  /// What the user should know about them; nil for nothing.
  public let notice: String?

  /// Items that are used unless told otherwise.
  public static let standardCount = 512

  /// Samples chosen for calibration.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - count: How many items; nil for ``standardCount`` or all there are.
  public init(_ data: EvaluationData, count: Int? = nil) {
    self.data = data
    self.count = min(max(count ?? Self.standardCount, 1), data.count)
    notice = nil
  }

  /// The first items of the data that is measured on, for want of others.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - count: How many items; nil for ``standardCount`` or all there are.
  public init(evaluating data: EvaluationData, count: Int? = nil) {
    self.data = data
    let count = min(max(count ?? Self.standardCount, 1), data.count)
    self.count = count
    notice =
      "calibrated on the inputs of the first \(count) samples of the evaluation data '\(data.name)'; "
      + "give others with --calibration FILE[:count]"
  }
}
