import NetworkGraph
import Tensors

/// Gives what calibration samples show of a model's layers.
///
/// The samples run through the original network, so that the statistics of a layer do not depend on
/// what a plan does to others and results can be remembered by layer and setting.
public protocol CalibrationSource: Sendable {
  /// What the user should know about the samples, such as that they are those measured on; nil for
  /// nothing.
  var notice: String? { get }

  /// Makes the statistics of several layers in as few runs as possible; those known already are kept.
  ///
  /// - Parameters:
  ///   - needs: What has to be known, by the layer's place among the model's layers.
  ///   - isCancelled: Asked every few milliseconds, by one thread at a time.
  /// - Throws: ``EngineError`` when there are no samples to run; `CancellationError`.
  func prepare(_ needs: [Int: Set<StatisticsNeed>], isCancelled: () -> Bool) throws

  /// The statistics of a layer, at least what `needs` names; made when they are not known yet.
  ///
  /// - Parameters:
  ///   - layer: The layer, by its place among the model's layers.
  ///   - needs: What has to be known.
  ///   - isCancelled: Asked every few milliseconds, by one thread at a time.
  /// - Throws: ``EngineError`` when there are no samples to run; `CancellationError`.
  func statistics(
    ofLayer layer: Int, needs: Set<StatisticsNeed>, isCancelled: () -> Bool
  ) throws -> LayerStatistics
}

extension CalibrationSource {
  /// Nothing.
  public var notice: String? { nil }

  /// Does nothing: each layer's statistics are made when they are asked for.
  public func prepare(_ needs: [Int: Set<StatisticsNeed>], isCancelled: () -> Bool) throws {}
}
