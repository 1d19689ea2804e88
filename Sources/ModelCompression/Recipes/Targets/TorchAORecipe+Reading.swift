import NetworkGraph
import Tensors

/// Reading torchao's configurations.
extension TorchAORecipe {
  /// The plan of a configuration: a `FqnToConfig`, or one configuration for every Linear module.
  public func plan(
    from text: String, path: String?, layers: [CompressibleLayer]
  ) throws(EngineError) -> ImportedPlan {
    let source = try PlanSource(text: text, path: path, kind: "torchao configuration")
    var draft = PlanDraft(source: source, layers: layers)
    let (type, data) = try readObject(source.root, source)
    if type == "FqnToConfig" || type == "ModuleFqnToConfig" {
      let key = ["fqn_to_config", "module_fqn_to_config"].first {
        source.optional(data, $0) != nil
      }
      guard let key, let configs = source.optional(data, key) else {
        throw source.failure(
          data, "'\(type)' has no 'fqn_to_config'", remedy: "Name the modules in 'fqn_to_config'")
      }
      for entry in try source.entries(configs, of: "'\(key)'") {
        for rule in rules(entry.key, draft) {
          try state(entry.value, for: rule, source, &draft)
        }
      }
    } else {
      for rule in PlanDraft.keys(moduleClass: "Linear") ?? [] {
        try state(source.root, for: rule, source, &draft)
      }
    }
    return try draft.imported(kind: "torchao configuration")
  }

  /// The rules that a name of a `FqnToConfig` means.
  private func rules(_ name: String, _ draft: PlanDraft) -> [String] {
    if name == "_default" { return PlanDraft.keys(moduleClass: "Linear") ?? [] }
    if name.hasPrefix("re:") {
      let text = String(name.dropFirst(3))
      return [
        PlanDraft.key(
          expression: text, wholeName: true, parameter: text.hasSuffix("weight"))
      ]
    }
    return [draft.key(parameter: name)]
  }

  private func state(
    _ node: YAMLNode, for rule: String, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    if source.isNull(node) {
      draft.set(.weights, nil, for: rule, at: node)
      return
    }
    let (type, data) = try readObject(node, source)
    let dynamic = ActivationForm(mode: "dynamic")
    switch type {
    case "IntxWeightOnlyConfig":
      try readWeights(data, prefix: "", bits: 8, .channel, for: rule, source, &draft)
    case "Int8DynamicActivationIntxWeightConfig":
      try readWeights(data, prefix: "weight_", bits: 8, .group(32), for: rule, source, &draft)
      draft.set(.activations, dynamic.tree, for: rule, at: node)
    case "Int8WeightOnlyConfig":
      draft.set(.weights, WeightForm(bits: 8).tree, for: rule, at: node)
    case "Int8DynamicActivationInt8WeightConfig":
      draft.set(.weights, WeightForm(bits: 8).tree, for: rule, at: node)
      draft.set(.activations, dynamic.tree, for: rule, at: node)
    case "Int8StaticActivationInt8WeightConfig":
      draft.set(.weights, WeightForm(bits: 8).tree, for: rule, at: node)
      draft.set(.activations, ActivationForm().tree, for: rule, at: node)
    case "Int4WeightOnlyConfig":
      var form = WeightForm(bits: 4, scheme: "asymmetric", granularity: .group(128))
      if let size = source.optional(data, "group_size") {
        form.granularity = .group(try source.integer(size, of: "group_size"))
      }
      draft.set(.weights, form.tree, for: rule, at: node)
    case "Float8WeightOnlyConfig":
      draft.set(.weights, WeightForm(bits: 8, scheme: "fp8-e4m3").tree, for: rule, at: node)
    default: draft.note("\(type) is not read: a plan has no such storage", at: node)
    }
  }

  private func readWeights(
    _ data: YAMLNode, prefix: String, bits: Int, _ granularity: WeightForm.Granularity,
    for rule: String, _ source: PlanSource, _ draft: inout PlanDraft
  ) throws(EngineError) {
    var form = WeightForm(bits: bits, granularity: granularity)
    if let node = source.optional(data, "weight_dtype") {
      let name = try word(node, source)
      guard name.hasPrefix("int"), let bits = Int(name.dropFirst(3)) else {
        throw source.failure(
          node, "'weight_dtype' is '\(name)'", remedy: "torchao takes int1 to int8 here")
      }
      form.bits = bits
    }
    if let node = source.optional(data, prefix + "granularity") {
      let (type, fields) = try readObject(node, source)
      switch type {
      case "PerAxis": form.granularity = .channel
      case "PerTensor": form.granularity = .tensor
      case "PerGroup":
        guard let size = source.optional(fields, "group_size") else {
          throw source.failure(node, "'PerGroup' has no 'group_size'")
        }
        form.granularity = .group(try source.integer(size, of: "group_size"))
      default: draft.note("granularity \(type) is not read; channels are taken", at: node)
      }
    }
    if let node = source.optional(data, prefix + "mapping_type"),
      try word(node, source) == "ASYMMETRIC"
    {
      form.scheme = "asymmetric"
    }
    if let node = source.optional(data, "intx_choose_qparams_algorithm"),
      try word(node, source).hasPrefix("HQQ")
    {
      form.method = "hqq"
    }
    draft.set(.weights, form.tree, for: rule, at: data)
  }

  /// Type and fields of `{"_type": ..., "_data": {...}}`.
  private func readObject(
    _ node: YAMLNode, _ source: PlanSource
  ) throws(EngineError) -> (type: String, data: YAMLNode) {
    guard let type = source.optional(node, "_type"), let data = source.optional(node, "_data")
    else {
      throw source.failure(
        node, "a configuration has to be {\"_type\": ..., \"_data\": {...}}",
        remedy: "Write it with torchao.core.config.config_to_dict")
    }
    return (try source.text(type, of: "_type"), data)
  }

  /// The name in `{"_type": ..., "_data": "name"}`.
  private func word(_ node: YAMLNode, _ source: PlanSource) throws(EngineError) -> String {
    try source.text(try readObject(node, source).data, of: "_data")
  }
}
