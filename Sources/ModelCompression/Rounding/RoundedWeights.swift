/// The codes that a rounding method chose, and the grid they belong to.
public struct RoundedWeights: Sendable {
  /// Codes in stored order.
  public var codes: [Int32]
  /// The grid: the one that was given, or one with better scales.
  public var grid: any WeightGrid

  /// Makes a result.
  public init(codes: [Int32], grid: any WeightGrid) {
    self.codes = codes
    self.grid = grid
  }
}
