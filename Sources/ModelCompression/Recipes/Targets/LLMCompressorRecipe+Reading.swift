import NetworkGraph
import Tensors

/// Reading llm-compressor's recipes.
extension LLMCompressorRecipe {
  /// The plan of a recipe: pruning modifiers become `prune`, quantization schemes `weights` and
  /// `activations`.
  public func plan(
    from text: String, path: String?, layers: [CompressibleLayer]
  ) throws(EngineError) -> ImportedPlan {
    let source = try PlanSource(text: text, path: path, kind: "llm-compressor recipe")
    var draft = PlanDraft(source: source, layers: layers)
    for stage in try source.entries(source.root, of: "a recipe") {
      guard stage.key.hasSuffix("_stage") else {
        if stage.value.mapping != nil {
          draft.note(
            "'\(stage.key)' is not read: stages are named ..._stage", at: stage.keyNode)
        }
        continue
      }
      for group in try source.entries(stage.value, of: "'\(stage.key)'")
      where group.key.hasSuffix("_modifiers") {
        for modifier in try source.entries(group.value, of: "'\(group.key)'") {
          try read(modifier, source, &draft)
        }
      }
    }
    return try draft.imported(kind: "llm-compressor recipe")
  }

  private func read(
    _ modifier: PlanSource.Entry, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    switch modifier.key {
    case "SparseGPTModifier": try readPruning(modifier.value, "sparsegpt", source, &draft)
    case "WandaPruningModifier": try readPruning(modifier.value, "wanda", source, &draft)
    case "MagnitudePruningModifier": try readMagnitude(modifier.value, source, &draft)
    case "QuantizationModifier": try readSchemes(modifier.value, "nearest", source, &draft)
    case "GPTQModifier": try readSchemes(modifier.value, "gptq", source, &draft)
    default:
      draft.note("\(modifier.key) is not read: a plan has no such step", at: modifier.keyNode)
    }
  }

  /// SparseGPT and Wanda: `sparsity`, `mask_structure` (zeros:of), `targets`, `ignore`.
  private func readPruning(
    _ node: YAMLNode, _ criterion: String, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    var form = PruningForm(amount: 0, criterion: criterion)
    var targets: [(text: String, node: YAMLNode)] = [("Linear", node)]
    var hasAmount = false
    for (key, keyNode, value) in try source.entries(node, of: "a modifier") {
      switch key {
      case "sparsity":
        form.value = try source.share(value, of: key)
        hasAmount = true
      case "mask_structure":
        let (zeros, of) = try source.pair(value, of: key)
        guard of == 0 || (1..<of).contains(zeros) else {
          throw source.failure(
            value, "'mask_structure' counts the zeros of each run: \(zeros):\(of) keeps nothing",
            remedy: "Write 2:4 for two zeros in four, 0:0 for any")
        }
        if of > 0 { form.pattern = .keep(of - zeros, of: of) }
      case "targets": targets = try source.texts(value, of: key)
      case "ignore": try ignore(value, .prune, source, &draft)
      case "block_size", "dampening_frac", "start", "end", "sequential_targets": break
      default: draft.note("'\(key)' is not read", at: keyNode)
      }
    }
    if case .keep = form.pattern {
      form.value = form.fraction ?? 0
      hasAmount = true
    }
    guard hasAmount else {
      throw source.failure(
        node, "this modifier has no 'sparsity'", remedy: "Write sparsity: 0.5, say")
    }
    for target in targets { set(.prune, form.tree, target, &draft, isParameter: false) }
  }

  /// Magnitude pruning: `final_sparsity`, `mask_structure`, `targets` of parameters.
  private func readMagnitude(
    _ node: YAMLNode, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    var form = PruningForm(amount: 0)
    guard let amount = source.optional(node, "final_sparsity") else {
      throw source.failure(
        node, "this modifier has no 'final_sparsity'", remedy: "Write final_sparsity: 0.5, say")
    }
    form.value = try source.share(amount, of: "final_sparsity")
    if let structure = source.optional(node, "mask_structure") {
      switch try source.text(structure, of: "mask_structure") {
      case "unstructured": break
      case "channel": form.pattern = .channel
      case let name:
        draft.note("mask_structure '\(name)' is not read: a plan has no such shape", at: structure)
        return
      }
    }
    guard let targets = source.optional(node, "targets") else {
      throw source.failure(
        node, "this modifier has no 'targets'", remedy: "Write targets: [\"re:.*weight\"], say")
    }
    for target in try source.texts(targets, of: "targets") {
      set(.prune, form.tree, target, &draft, isParameter: true)
    }
  }

  /// Quantization and GPTQ: `config_groups`, or `scheme` with `targets`; `ignore`.
  private func readSchemes(
    _ node: YAMLNode, _ method: String, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    if let ignored = source.optional(node, "ignore") {
      try ignore(ignored, .weights, source, &draft)
    }
    var targets: [(text: String, node: YAMLNode)] = [("Linear", node)]
    if let given = source.optional(node, "targets") {
      targets = try source.texts(given, of: "targets")
    }
    if let scheme = source.optional(node, "scheme") {
      guard scheme.mapping == nil else {
        for (preset, presetNode, names) in try source.entries(scheme, of: "'scheme'") {
          let named = try source.texts(names, of: preset)
          try apply(preset: preset, presetNode, to: named, method, source, &draft)
        }
        return
      }
      let preset = try source.text(scheme, of: "scheme")
      try apply(preset: preset, scheme, to: targets, method, source, &draft)
    }
    guard let groups = source.optional(node, "config_groups") else { return }
    for group in try source.entries(groups, of: "'config_groups'") {
      if let given = source.optional(group.value, "targets") {
        targets = try source.texts(given, of: "targets")
      }
      if let node = source.optional(group.value, "weights"),
        let form = try weights(node, method, source, &draft)
      {
        for target in targets { set(.weights, form.tree, target, &draft, isParameter: false) }
      }
      if let node = source.optional(group.value, "input_activations"),
        let form = try activations(node, source, &draft)
      {
        for target in targets { set(.activations, form.tree, target, &draft, isParameter: false) }
      }
    }
  }

  /// The presets of compressed-tensors that a plan can state.
  private func apply(
    preset: String, _ node: YAMLNode, to targets: [(text: String, node: YAMLNode)],
    _ method: String,
    _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    let dynamic = ActivationForm(mode: "dynamic")
    let group = WeightForm.Granularity.group(128)
    let forms: (WeightForm, ActivationForm?)? =
      switch preset.uppercased() {
      case "W8A16": (WeightForm(bits: 8, method: method), nil)
      case "W8A8", "INT8": (WeightForm(bits: 8, method: method), dynamic)
      case "W4A16": (WeightForm(bits: 4, granularity: group, method: method), nil)
      case "W4A16_ASYM":
        (WeightForm(bits: 4, scheme: "asymmetric", granularity: group, method: method), nil)
      case "W4A8": (WeightForm(bits: 4, granularity: group, method: method), dynamic)
      default: nil
      }
    guard let (weights, activations) = forms else {
      draft.note(
        "scheme '\(preset)' is not read; W8A8, W8A16, W4A16, W4A16_ASYM, W4A8 and config_groups are",
        at: node)
      return
    }
    for target in targets {
      set(.weights, weights.tree, target, &draft, isParameter: false)
      if let activations {
        set(.activations, activations.tree, target, &draft, isParameter: false)
      }
    }
  }

  /// The weights of a scheme; nil when a plan has no such storage.
  private func weights(
    _ node: YAMLNode, _ method: String, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) -> WeightForm? {
    var form = WeightForm(bits: 8, method: method)
    var isFloat = false
    var strategy = "tensor"
    var size: Int?
    for (key, _, value) in try source.entries(node, of: "'weights'") where !source.isNull(value) {
      switch key {
      case "num_bits": form.bits = try source.integer(value, of: key)
      case "type": isFloat = try source.text(value, of: key) == "float"
      case "symmetric": if try !source.flag(value, of: key) { form.scheme = "asymmetric" }
      case "strategy": strategy = try source.text(value, of: key)
      case "group_size": size = try source.integer(value, of: key)
      case "observer":
        let observer = try source.text(value, of: key)
        if observer.hasSuffix("mse") { form.range = "mse" }
      default: break
      }
    }
    if isFloat {
      guard form.bits == 8 else {
        draft.note("\(form.bits)-bit floats are not read", at: node)
        return nil
      }
      form.scheme = "fp8-e4m3"
      form.method = "nearest"
    }
    if let size, size > 0 {
      form.granularity = .group(size)
      return form
    }
    // A group size of -1 is compressed-tensors' other word for channels.
    switch size == -1 ? "channel" : strategy {
    case "tensor": form.granularity = .tensor
    case "channel": form.granularity = .channel
    default:
      draft.note("strategy '\(strategy)' is not read: a plan has no such scales", at: node)
      return nil
    }
    return form
  }

  /// The activations of a scheme; nil when a plan has no such storage.
  private func activations(
    _ node: YAMLNode, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) -> ActivationForm? {
    var form = ActivationForm()
    for (key, _, value) in try source.entries(node, of: "'input_activations'")
    where !source.isNull(value) {
      switch key {
      case "num_bits": form.bits = try source.integer(value, of: key)
      case "type":
        guard try source.text(value, of: key) == "int" else {
          draft.note("float activations are not read", at: value)
          return nil
        }
      case "symmetric": if try source.flag(value, of: key) { form.scheme = "symmetric" }
      case "dynamic":
        form.mode = source.isTrueOrLocal(value) ? "dynamic" : "static"
      default: break
      }
    }
    if form.isDynamic, form.scheme == "symmetric" {
      draft.note("dynamic activations are asymmetric in a plan", at: node)
      form.scheme = "asymmetric"
    }
    return form
  }

  /// Leaves modules alone, ahead of the targets that would include them.
  private func ignore(
    _ node: YAMLNode, _ block: PlanDraft.Block, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    for target in try source.texts(node, of: "ignore") {
      set(block, nil, target, &draft, isParameter: false)
    }
  }

  /// States a block for a target: a module's name or class, or `re:` with the beginning of a name.
  private func set(
    _ block: PlanDraft.Block, _ tree: PlanTree?, _ target: (text: String, node: YAMLNode),
    _ draft: inout PlanDraft, isParameter: Bool
  ) {
    let (text, node) = target
    if text.hasPrefix("re:") {
      let key = PlanDraft.key(
        expression: String(text.dropFirst(3)), wholeName: false, parameter: isParameter)
      draft.set(block, tree, for: key, at: node)
    } else if let keys = PlanDraft.keys(moduleClass: text) {
      for key in keys { draft.set(block, tree, for: key, at: node) }
    } else {
      let key = isParameter ? draft.key(parameter: text) : draft.key(module: text)
      draft.set(block, tree, for: key, at: node)
    }
  }
}

extension PlanSource {
  /// `true`, or the word that means ranges found while running.
  fileprivate func isTrueOrLocal(_ node: YAMLNode) -> Bool {
    ["true", "True", "TRUE", "local"].contains(node.scalar?.string ?? "")
  }
}
