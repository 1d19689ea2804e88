import NetworkGraph
import Tensors

/// Prunes and quantizes one layer.
public struct LayerCompressor: Sendable {
  /// The weights of a layer after a setting.
  ///
  /// - Parameters:
  ///   - layer: The layer; its shape is the shape of `weights`.
  ///   - weights: Float32 weights as stored in the graph.
  ///   - setting: What to do.
  ///   - prunedCount: How many weights to prune when that is decided over all layers
  ///     (``PlanCompressor``); nil when the setting decides.
  ///   - statistics: What calibration shows of the layer; nil without calibration.
  /// - Throws: ``EngineError`` with code `notFinite` naming the first NaN or infinity,
  ///   `shapeMismatch` for other weights than the layer's, `invalidPlan` for a setting out of range.
  /// - Complexity: O(n).
  public static func compress(
    layer: CompressibleLayer, weights: Tensor, setting: LayerSetting, prunedCount: Int? = nil,
    statistics: LayerStatistics? = nil
  ) throws(EngineError) -> CompressedWeights {
    try check(layer, weights)
    let prepared = PreparedWeights(layer: layer, weights: weights)
    return try EngineError.uncancelled {
      try LayerWork(
        prepared: prepared, effective: EffectiveSetting(setting, prunedCount: prunedCount),
        statistics: { needs in
          if let statistics { return statistics }
          return try NoCalibration().statistics(ofLayer: 0, needs: needs, isCancelled: { false })
        }, isCancelled: { false }
      ).compressed()
    }
  }

  static func check(_ layer: CompressibleLayer, _ weights: Tensor) throws(EngineError) {
    guard weights.type == .float32, weights.shape == layer.shape else {
      throw EngineError(
        .shapeMismatch, subject: "layer '\(layer.name)'",
        problem:
          "weights are \(weights.type) \(weights.shape), the layer is float32 \(layer.shape)",
        remedy: "Use the weights of the graph that the layer was found in")
    }
  }
}

extension EngineError {
  /// Runs work that nobody cancels.
  static func uncancelled<R>(_ body: () throws -> R) throws(EngineError) -> R {
    do {
      return try body()
    } catch let error as EngineError {
      throw error
    } catch {
      throw EngineError(EngineError.Code(rawValue: "cancelled"), problem: "\(error)")
    }
  }
}
