import ModelCompression

extension SettingField {
  /// What decides which weights become zero.
  static let pruneFields: [SettingField] = [
    SettingField(
      "prune-amount", .prune, "amount",
      text: { state in state.firstTarget.map { Figures.percent($0.prunePercent) } },
      note: { _ in "the share of the layer's original weights that becomes zero" },
      step: { state, steps in state.nudgePrune(Double(steps)) }),
    .prune(
      "criterion", "criterion", \.criterion,
      choices: { _ in CriterionRegistry.standard.names }, text: { $0 },
      note: { "which weights go first: \(CriterionRegistry.standard[$0]?.summary ?? $0)" }),
    .prune(
      "scope", "ranked", \.scope, choices: { _ in PruneSetting.Scope.allCases },
      text: { $0 == .layer ? "in the layer" : "over all layers" },
      note: { scope in
        scope == .layer
          ? "each layer loses the same share"
          : "layers with this amount and scope are ranked together: unimportant layers lose more"
      }),
  ]
}
