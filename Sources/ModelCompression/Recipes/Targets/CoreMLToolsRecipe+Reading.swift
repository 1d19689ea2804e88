import NetworkGraph
import OrderedCollections
import Tensors

/// Reading the configurations of `coremltools.optimize.torch`.
extension CoreMLToolsRecipe {
  /// The plan of a configuration, or of several by their classes' names.
  public func plan(
    from text: String, path: String?, layers: [CompressibleLayer]
  ) throws(EngineError) -> ImportedPlan {
    let source = try PlanSource(text: text, path: path, kind: "coremltools configuration")
    var draft = PlanDraft(source: source, layers: layers)
    let entries = try source.entries(source.root, of: "a configuration")
    if entries.contains(where: { $0.key.hasSuffix("Config") }) {
      for entry in entries {
        guard entry.key.hasSuffix("Config") else {
          draft.note("'\(entry.key)' is not read beside classes", at: entry.keyNode)
          continue
        }
        try read(entry.value, source, &draft)
      }
    } else {
      try read(source.root, source, &draft)
    }
    return try draft.imported(kind: "coremltools configuration")
  }

  /// One optimizer's configuration.
  private func read(
    _ node: YAMLNode, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    // An entry that is null switches off what the others of its file set.
    var blocks: OrderedSet<PlanDraft.Block> = []
    var off: [(rule: String, node: YAMLNode)] = []
    for (key, keyNode, value) in try source.entries(node, of: "a configuration")
    where !source.isNull(value) {
      switch key {
      case "global_config":
        blocks.formUnion(try state(value, for: nil, source, &draft))
      case "module_type_configs":
        for entry in try source.entries(value, of: "'\(key)'") {
          guard let rules = PlanDraft.keys(moduleClass: entry.key) else {
            draft.note("a plan has no layers of type '\(entry.key)'", at: entry.keyNode)
            continue
          }
          for rule in rules {
            if source.isNull(entry.value) {
              off.append((rule, entry.keyNode))
            } else {
              blocks.formUnion(try state(entry.value, for: rule, source, &draft))
            }
          }
        }
      case "module_name_configs":
        for entry in try source.entries(value, of: "'\(key)'") {
          if source.isNull(entry.value) {
            off.append((entry.key, entry.keyNode))
          } else {
            blocks.formUnion(try state(entry.value, for: entry.key, source, &draft))
          }
        }
      case "layers", "input_cacher", "calibration_nsamples": break
      default: draft.note("'\(key)' is not read", at: keyNode)
      }
    }
    for (rule, node) in off {
      for block in blocks { draft.set(block, nil, for: rule, at: node) }
    }
  }

  /// States one module's configuration; returns the blocks that it is about.
  private func state(
    _ node: YAMLNode, for rule: String?, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) -> [PlanDraft.Block] {
    let keys = Set(try source.entries(node, of: "a module's configuration").map(\.key))
    var blocks: [PlanDraft.Block] = []
    if !keys.isDisjoint(with: ["target_sparsity", "n_m_ratio"]) {
      draft.set(.prune, try readPruning(node, source, &draft).tree, for: rule, at: node)
      blocks.append(.prune)
    }
    if keys.contains("n_bits") {
      draft.set(.weights, try readPalette(node, source).tree, for: rule, at: node)
      blocks.append(.weights)
    } else if keys.contains("weight_dtype"), let form = try readStorage(node, source, &draft) {
      draft.set(.weights, form.tree, for: rule, at: node)
      blocks.append(.weights)
    }
    if blocks.isEmpty { draft.note("this configuration is not read", at: node) }
    return blocks
  }

  private func readPruning(
    _ node: YAMLNode, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) -> PruningForm {
    var form = PruningForm(amount: 0.5)
    if let algorithm = source.optional(node, "algorithm"),
      try source.text(algorithm, of: "algorithm") == "sparse_gpt"
    {
      form.criterion = "sparsegpt"
    }
    if let sparsity = source.optional(node, "target_sparsity") {
      form.value = try source.share(sparsity, of: "target_sparsity")
    }
    if let ratio = source.optional(node, "n_m_ratio") {
      let (zeros, of) = try source.pair(ratio, of: "n_m_ratio")
      guard of > 0, (1..<of).contains(zeros) else {
        throw source.failure(
          ratio, "'n_m_ratio' counts the zeros of each run: \(zeros) of \(of) can't be",
          remedy: "Write [2, 4] for two zeros in four")
      }
      form.pattern = .keep(of - zeros, of: of)
      form.value = form.fraction ?? 0
    }
    if let size = source.optional(node, "block_size"), source.optional(node, "n_m_ratio") == nil {
      let length = try source.integer(size, of: "block_size")
      if length > 1 {
        // Blocks and channels are ranked by their L2 norm.
        form.pattern = .block([length, 1])
        form.criterion = "l2"
      }
    }
    if let granularity = source.optional(node, "granularity") {
      switch try source.text(granularity, of: "granularity") {
      case "per_channel" where source.optional(node, "target_sparsity") != nil:
        form.pattern = .channel
        form.criterion = "l2"
      case "per_kernel":
        draft.note("granularity per_kernel is not read: single weights are taken", at: granularity)
      default: break
      }
    }
    return form
  }

  private func readPalette(_ node: YAMLNode, _ source: PlanSource) throws(EngineError) -> WeightForm
  {
    var form = WeightForm(bits: 4, scheme: "palette", granularity: .tensor)
    if let bits = source.optional(node, "n_bits") {
      form.bits = try source.integer(bits, of: "n_bits")
    }
    if let size = source.optional(node, "group_size") {
      let channels = try source.integer(size, of: "group_size")
      form.granularity = channels == 1 ? .channel : .group(channels)
    }
    return form
  }

  /// The weights' storage; nil for 32-bit floats and what a plan can't state.
  private func readStorage(
    _ node: YAMLNode, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) -> WeightForm? {
    guard let typeNode = source.optional(node, "weight_dtype") else { return nil }
    let type = try source.text(typeNode, of: "weight_dtype")
    var form: WeightForm
    switch type {
    case "float32": return nil
    case "fp8_e4m3", "fp8_e5m2":
      form = WeightForm(bits: 8, scheme: type.replacing("_", with: "-"))
    case _ where type.hasPrefix("uint") || type.hasPrefix("int"):
      guard let bits = Int(type.drop { !$0.isNumber }) else { fallthrough }
      form = WeightForm(bits: bits)
    default:
      draft.note("weight_dtype '\(type)' is not read", at: typeNode)
      return nil
    }
    if let scheme = source.optional(node, "quantization_scheme"),
      try source.text(scheme, of: "quantization_scheme") == "affine"
    {
      form.scheme = "asymmetric"
    }
    if let algorithm = source.optional(node, "algorithm"),
      try source.text(algorithm, of: "algorithm") == "gptq"
    {
      form.method = "gptq"
    }
    let granularity =
      source.optional(node, "granularity") ?? source.optional(node, "quantization_granularity")
    if let granularity, try source.text(granularity, of: "granularity") == "per_tensor" {
      form.granularity = .tensor
    }
    if let size = source.optional(node, "block_size") {
      guard size.sequence == nil else {
        draft.note("block_size with several axes is not read; channels are taken", at: size)
        return form
      }
      form.granularity = .group(try source.integer(size, of: "block_size"))
    }
    return form
  }
}
