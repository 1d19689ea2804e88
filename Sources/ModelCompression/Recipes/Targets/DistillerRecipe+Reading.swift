import NetworkGraph
import Tensors

/// Reading Distiller's schedules.
extension DistillerRecipe {
  /// The plan of a schedule: what its pruners end at and how its quantizer stores numbers.
  ///
  /// When is not part of a plan: epochs, learning rates and regularizers are told as not read.
  public func plan(
    from text: String, path: String?, layers: [CompressibleLayer]
  ) throws(EngineError) -> ImportedPlan {
    let source = try PlanSource(text: text, path: path, kind: "Distiller schedule")
    var draft = PlanDraft(source: source, layers: layers)
    for (key, keyNode, value) in try source.entries(source.root, of: "a schedule")
    where !source.isNull(value) {
      switch key {
      case "version", "policies": break
      case "pruners":
        for pruner in try source.entries(value, of: "'pruners'") {
          try readPruner(pruner.value, source, &draft)
        }
      case "quantizers":
        for quantizer in try source.entries(value, of: "'quantizers'") {
          try readQuantizer(quantizer.value, source, &draft)
        }
      case "lr_schedulers", "regularizers", "extensions":
        draft.note("'\(key)' are not read: they belong to training", at: keyNode)
      default: draft.note("'\(key)' is not read", at: keyNode)
      }
    }
    return try draft.imported(kind: "Distiller schedule")
  }

  private func readPruner(
    _ node: YAMLNode, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    guard let classNode = source.optional(node, "class") else {
      throw source.failure(node, "a pruner has no 'class'")
    }
    let name = try source.text(classNode, of: "class")
    switch name {
    case "SparsityLevelParameterPruner":
      try readEach(node, "levels", source, &draft) { PruningForm(amount: $0) }
    case "SensitivityPruner":
      try readEach(node, "sensitivities", source, &draft) { value in
        // Thresholds in standard deviations of the weights (Han et al. 2015).
        var form = PruningForm(amount: value)
        form.measure = "threshold"
        return form
      }
    case "AutomatedGradualPruner":
      try readList(node, "final_sparsity", source, &draft, PruningForm(amount: 0))
    case "L1RankedStructureParameterPruner", "L1RankedStructureParameterPruner_AGP",
      "L2RankedStructureParameterPruner", "L2RankedStructureParameterPruner_AGP":
      if let group = source.optional(node, "group_type"),
        try !["3D", "Filters"].contains(source.text(group, of: "group_type"))
      {
        draft.note("group_type is not Filters: this pruner is not read", at: group)
        return
      }
      let key = name.hasSuffix("_AGP") ? "final_sparsity" : "desired_sparsity"
      try readList(
        node, key, source, &draft,
        PruningForm(
          amount: 0, criterion: name.hasPrefix("L2") ? "l2" : "magnitude", pattern: .channel))
    default: draft.note("\(name) is not read: a plan has no such pruner", at: classNode)
    }
  }

  /// A mapping from parameters to numbers; `*` means every other.
  private func readEach(
    _ node: YAMLNode, _ key: String, _ source: PlanSource, _ draft: inout PlanDraft,
    form: (Double) -> PruningForm
  ) throws(EngineError) {
    guard let levels = source.optional(node, key) else {
      throw source.failure(node, "this pruner has no '\(key)'")
    }
    for entry in try source.entries(levels, of: "'\(key)'") {
      let value =
        key == "levels"
        ? try source.share(entry.value, of: entry.key)
        : try source.number(entry.value, of: entry.key)
      let rule = entry.key == "*" ? nil : draft.key(parameter: entry.key)
      draft.set(.prune, form(value).tree, for: rule, at: entry.keyNode)
    }
  }

  /// One amount for a list of parameters.
  private func readList(
    _ node: YAMLNode, _ key: String, _ source: PlanSource, _ draft: inout PlanDraft,
    _ form: PruningForm
  ) throws(EngineError) {
    guard let amount = source.optional(node, key), let names = source.optional(node, "weights")
    else {
      throw source.failure(node, "this pruner needs '\(key)' and 'weights'")
    }
    var form = form
    form.value = try source.share(amount, of: key)
    for name in try source.texts(names, of: "weights") {
      draft.set(.prune, form.tree, for: draft.key(parameter: name.text), at: name.node)
    }
  }

  private func readQuantizer(
    _ node: YAMLNode, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    var form = WeightForm(bits: 8, granularity: .tensor)
    if let mode = source.optional(node, "mode"),
      try source.text(mode, of: "mode").hasPrefix("ASYMMETRIC")
    {
      form.scheme = "asymmetric"
    }
    if let flag = source.optional(node, "per_channel_wts"),
      try source.flag(flag, of: "per_channel_wts")
    {
      form.granularity = .channel
    }
    // Overrides come first: among expressions of a plan the first one counts.
    if let overrides = source.optional(node, "overrides") ?? source.optional(node, "bits_overrides")
    {
      for entry in try source.entries(overrides, of: "'overrides'") {
        let rule =
          PlanDraft.unescaped(entry.key)
          ?? PlanDraft.key(expression: entry.key, wholeName: true)
        try state(entry.value, "bits_weights", "wts", form, for: rule, source, &draft)
      }
    }
    try state(node, "bits_weights", "bits_weights", form, for: nil, source, &draft)
  }

  /// The bits of a quantizer or of one of its overrides; an override of null keeps floats.
  private func state(
    _ node: YAMLNode, _ key: String, _ olderKey: String, _ form: WeightForm, for rule: String?,
    _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    if let bits = source.optional(node, key) ?? source.optional(node, olderKey) {
      let count = try source.integer(bits, of: key)
      guard count < 32 else { return }
      var form = form
      form.bits = count
      draft.set(.weights, form.tree, for: rule, at: bits)
    } else if rule != nil,
      node.mapping?[YAMLNode(key)] != nil || node.mapping?[YAMLNode(olderKey)] != nil
    {
      draft.set(.weights, nil, for: rule, at: node)
    }
    if let bits = source.optional(node, "bits_activations") ?? source.optional(node, "acts") {
      let count = try source.integer(bits, of: "bits_activations")
      guard count < 32 else { return }
      draft.set(.activations, ActivationForm(bits: count).tree, for: rule, at: bits)
    }
  }
}
