import ModelCompression

extension WorkbenchState {
  /// What may be done while nothing else is: nil while the plan is measured, or can't be.
  public var aheadRequest: AheadRequest? {
    guard !isEvaluating, !isQuitting, !isExporting, evaluationObstacle == nil,
      metrics?.generation == generation,
      let layer = targets.first.flatMap({ model?.layers[$0].layer.name })
    else { return nil }
    return AheadRequest(
      plan: plan, generation: generation, layer: layer, neighbours: neighbours)
  }

  /// The plans that the keys for bits and pruning lead to from here.
  private var neighbours: [CompressionPlan] {
    let nudges: [(inout WorkbenchState) -> Void] = [
      { _ = $0.nudgeBits(-1) }, { _ = $0.nudgePrune(5) }, { _ = $0.nudgeBits(1) },
      { _ = $0.nudgePrune(-5) },
    ]
    return nudges.compactMap { nudge in
      var copy = self
      nudge(&copy)
      return copy.plan == plan ? nil : copy.plan
    }
  }

  /// What was measured ahead of the plan as it stands; nil when nothing was.
  var aheadText: String? {
    guard let ahead, ahead.generation == generation, ahead.total > 0,
      ahead.layer == targets.first.flatMap({ model?.layers[$0].layer.name })
    else { return nil }
    return "ahead \(ahead.done)/\(ahead.total)"
  }
}
