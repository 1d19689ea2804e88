import ModelCompression

extension SettingField {
  /// What decides which weights become zero.
  static let pruneFields: [SettingField] = [
    SettingField(
      "prune-amount", .prune, "amount",
      text: { state in
        state.firstTarget.map { setting in
          guard let prune = setting.prune else { return Figures.percent(0) }
          if case .keep(let keep, let length) = prune.pattern { return "\(keep) of \(length) stay" }
          return prune.measure == .threshold
            ? "\(Figures.fixed(prune.amount, 2)) sigma" : Figures.percent(setting.prunePercent)
        }
      },
      note: { _ in "the share of the layer's original weights that becomes zero" },
      step: { state, steps in state.nudgePrune(Double(steps)) }),
    .prune(
      "measure", "amount is", \.measure, choices: { _ in PruneSetting.Measure.allCases },
      text: { $0 == .amount ? "a share" : $0.rawValue },
      note: { measure in
        switch measure {
        case .amount: "so many of the weights, those of the lowest scores"
        case .percentile: "scores below this percentile of the scores go"
        case .threshold: "weights up to so many standard deviations of all weights go"
        }
      }),
    .prune(
      "criterion", "criterion", \.criterion,
      choices: { _ in CriterionRegistry.standard.names }, text: { $0 },
      note: { "which weights go first: \(CriterionRegistry.standard[$0]?.summary ?? $0)" }),
    alpha,
    .prune(
      "pattern", "pattern", \.pattern,
      choices: { _ in
        [
          .unstructured, .keep(2, of: 4), .keep(1, of: 4), .keep(4, of: 8),
          .block(rows: 4, columns: 1), .block(rows: 1, columns: 4), .channel,
        ]
      }, text: { $0.title }, note: { $0.note }),
    .prune(
      "scope", "ranked", \.scope, choices: { _ in PruneSetting.Scope.allCases },
      text: { $0 == .layer ? "in the layer" : "over all layers" },
      note: { scope in
        scope == .layer
          ? "each layer loses the same share"
          : "layers with this amount and scope are ranked together: unimportant layers lose more"
      }),
    normalization,
    .prune(
      "refit", "refit", \.refit, choices: { _ in [false, true] }, text: { $0 ? "yes" : "no" },
      note: { _ in
        "weights that stay are fitted to the layer's outputs again (least squares on calibration samples)"
      }),
  ]

  /// The coefficient of the mixed criterion, shown for it alone.
  private static let alpha = SettingField(
    "alpha", .prune, "alpha",
    text: { state in
      guard let prune = state.firstPruning, prune.criterion == MixedCriterion().name else {
        return nil
      }
      return Figures.fixed(prune.alpha, 2)
    },
    note: { _ in "1 goes by the weights alone, 0 by the activations alone" },
    step: { state, steps in
      state.edit(mergeKey: "alpha", label: .fixed("alpha")) { setting, _ in
        var setting = setting
        let alpha = (setting.prune?.alpha ?? 0) + 0.05 * Double(steps)
        setting.prune?.alpha = min(max((alpha * 100).rounded() / 100, 0), 1)
        return setting
      } ?? []
    })

  /// How scores of layers compare, shown for global ranking alone.
  private static let normalization = SettingField(
    "normalize", .prune, "normalized by",
    text: { state in
      guard let prune = state.firstPruning, prune.scope == .global else { return nil }
      return prune.normalization.rawValue
    },
    note: { _ in "makes the scores of layers comparable; raw scores empty layers of small weights"
    },
    step: { state, steps in
      guard let first = state.firstPruning else { return [] }
      let next = Self.next(first.normalization, by: steps, among: ScoreNormalization.allCases)
      return state.edit(mergeKey: "normalize", label: .fixed("normalized by \(next)")) {
        setting, _ in
        var setting = setting
        setting.prune?.normalization = next
        return setting
      } ?? []
    })
}

extension PruneSetting.Pattern {
  /// In words: `2 of 4`.
  var title: String {
    switch self {
    case .unstructured: "single weights"
    case .keep(let keep, let length): "\(keep) of \(length) stay"
    case .block(let rows, let columns): "blocks of \(rows) x \(columns)"
    case .channel: "whole channels"
    }
  }

  /// What it is good for.
  fileprivate var note: String {
    switch self {
    case .unstructured: "the best accuracy for its zeros; smaller when compressed"
    case .keep:
      "of every run along the inputs so many weights stay; some GPUs are faster for 2 of 4"
    case .block: "output channels x inputs go together"
    case .channel: "all weights of an output channel become zero; 'channels' below removes them"
    }
  }
}

extension PruneSetting {
  /// The nearest setting to this one that can be computed.
  var mended: PruneSetting {
    var copy = self
    switch pattern {
    case .keep(let keep, let length):
      copy.amount = Self.amount(keeping: keep, of: length)
      (copy.measure, copy.scope) = (.amount, .layer)
    case .block, .channel: if measure == .threshold { copy.measure = .amount }
    case .unstructured: break
    }
    if copy.scope == .layer { copy.normalization = .none }
    return copy
  }
}
