extension LayerSetting {
  /// What the layer's result needs to know from calibration; nothing for an untouched layer.
  public var statisticsNeeds: Set<StatisticsNeed> {
    guard !isUntouched else { return [] }
    var needs = usedCriterion?.needs ?? []
    if let prune, prune.refit, prune.amount > 0 { needs.insert(.inputProducts) }
    if let weights { needs.formUnion(RoundingRegistry.standard[weights.method.name]?.needs ?? []) }
    return needs
  }

  /// Whether calibration samples are run for the layer: for its weights, or for the ranges of static
  /// activations.
  public var isCalibrated: Bool { !statisticsNeeds.isEmpty || activations?.mode == .static }

  /// What takes the time of compressing a layer: the rounding method, or else the criterion of pruning.
  public var methodName: String {
    weights?.method.name ?? prune.map(\.criterion) ?? "unchanged"
  }

  /// Whether the layer's result depends on the plan's seed.
  var isRandom: Bool {
    if usedCriterion?.isRandom == true { return true }
    return weights.flatMap { SchemeRegistry.standard[$0.scheme.rawValue]?.isRandom } ?? false
  }

  /// The criterion, where pruning takes anything.
  private var usedCriterion: (any ImportanceCriterion)? {
    prune.flatMap { $0.amount > 0 ? CriterionRegistry.standard[$0.criterion] : nil }
  }
}
