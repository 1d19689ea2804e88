import Tensors

/// The source of models that are open without data.
public struct NoCalibration: CalibrationSource {
  /// Makes the source.
  public init() {}

  /// Throws always.
  public func statistics(
    ofLayer layer: Int, needs: Set<StatisticsNeed>, isCancelled: () -> Bool
  ) throws -> LayerStatistics {
    throw EngineError(
      .invalidArgument, subject: "calibration",
      problem: "there are no samples to calibrate on",
      remedy: "Give data with --calibration or --data, or choose a method that needs none")
  }
}
