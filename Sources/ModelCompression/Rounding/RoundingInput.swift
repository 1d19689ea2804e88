import NetworkGraph

/// What a rounding method works on.
public struct RoundingInput {
  /// The layer.
  public let layer: CompressibleLayer
  /// Its weights in stored order; pruned ones are 0.
  public let weights: [Float]
  /// The numbers that codes stand for.
  public let grid: any WeightGrid
  /// What calibration showed; nil for methods without needs.
  public let statistics: LayerStatistics?
  /// Asked every few milliseconds.
  public let isCancelled: () -> Bool
  /// Told how far the work is, 0...1, now and then.
  public let progress: (Double) -> Void

  /// Makes an input.
  public init(
    layer: CompressibleLayer, weights: [Float], grid: any WeightGrid,
    statistics: LayerStatistics? = nil, isCancelled: @escaping () -> Bool = { false },
    progress: @escaping (Double) -> Void = { _ in }
  ) {
    self.layer = layer
    self.weights = weights
    self.grid = grid
    self.statistics = statistics
    self.isCancelled = isCancelled
    self.progress = progress
  }
}
