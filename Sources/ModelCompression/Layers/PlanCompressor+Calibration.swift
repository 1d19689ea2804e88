import NetworkGraph
import Tensors

extension PlanCompressor {
  /// What a layer's result needs to know from calibration.
  public func needs(of effective: EffectiveSetting) -> Set<StatisticsNeed> {
    effective.setting.statisticsNeeds
  }

  /// Makes the statistics that settings need, in as few runs as possible.
  ///
  /// - Parameters:
  ///   - settings: One for each layer.
  ///   - isCancelled: Asked every few milliseconds.
  /// - Returns: Whether any were needed.
  /// - Throws: ``EngineError`` when there are no samples to run; `CancellationError`.
  @discardableResult
  public func prepareCalibration(
    for settings: [LayerSetting], isCancelled: () -> Bool
  ) throws -> Bool {
    var needs: [Int: Set<StatisticsNeed>] = [:]
    for (index, setting) in settings.enumerated() {
      let wanted = setting.statisticsNeeds
      if !wanted.isEmpty { needs[index] = wanted }
    }
    guard !needs.isEmpty else { return false }
    try calibration.prepare(needs, isCancelled: isCancelled)
    return true
  }
}
