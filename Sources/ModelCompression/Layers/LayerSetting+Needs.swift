extension LayerSetting {
  /// What the layer's result needs to know from calibration; nothing for an untouched layer.
  public var statisticsNeeds: Set<StatisticsNeed> {
    guard !isUntouched else { return [] }
    return usedCriterion?.needs ?? []
  }

  /// Whether the layer's result depends on the plan's seed.
  var isRandom: Bool { usedCriterion?.isRandom ?? false }

  /// The criterion, where pruning takes anything.
  private var usedCriterion: (any ImportanceCriterion)? {
    prune.flatMap { $0.amount > 0 ? CriterionRegistry.standard[$0.criterion] : nil }
  }
}
