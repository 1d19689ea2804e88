import NetworkGraph
import Tensors

/// Gives what calibration samples show of a model's layers.
///
/// The samples run through the original network, so that the statistics of a layer do not depend on
/// what a plan does to others and results can be remembered by layer and setting.
public protocol CalibrationSource: Sendable {
  /// The statistics of a layer, at least what `needs` names; made when they are not known yet.
  ///
  /// - Parameters:
  ///   - layer: The layer, by its place among the model's layers.
  ///   - needs: What has to be known.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Throws: ``EngineError`` when there are no samples to run; `CancellationError`.
  func statistics(
    ofLayer layer: Int, needs: Set<StatisticsNeed>, isCancelled: () -> Bool
  ) throws -> LayerStatistics
}
