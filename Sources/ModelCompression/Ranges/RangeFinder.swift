/// A rule that says which numbers codes should cover.
///
/// A finder is a small value; one file per finder, registered by one line in ``RangeRegistry``. Weights
/// are given as they are, activations as the histogram of all that calibration showed.
public protocol RangeFinder: Sendable {
  /// The name in plans, such as `minmax`.
  var name: String { get }
  /// What it does, in some ten words for the screen.
  var summary: String { get }
  /// What plans may set, the first by the short form `{name: value}`.
  var options: [ChoiceOption] { get }

  /// The same finder with a plan's options.
  func configured(by options: ChoiceOptions) -> Self

  /// The range for numbers counted in a histogram.
  ///
  /// - Parameters:
  ///   - histogram: At least one number.
  ///   - grid: What the codes can stand for.
  func range(of histogram: ValueHistogram, for grid: CodeGrid) -> ValueRange

  /// The range for finite numbers that are all known.
  ///
  /// Without a method of the finder's own they are counted first, as ONNX Runtime does: 2,048 bins.
  func range(of values: [Float], for grid: CodeGrid) -> ValueRange
}

extension RangeFinder {
  /// Nothing.
  public var options: [ChoiceOption] { [] }

  /// The finder itself.
  public func configured(by options: ChoiceOptions) -> Self { self }

  /// By way of a histogram over both signs.
  public func range(of values: [Float], for grid: CodeGrid) -> ValueRange {
    guard !values.isEmpty else { return ValueRange(low: 0, high: 0) }
    var histogram = ValueHistogram()
    values.withUnsafeBufferPointer { histogram.add($0) }
    return range(of: histogram, for: grid)
  }
}
