import ModelCompression
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Files as the tools' own documentation writes them, and files that are wrong.
@Suite struct RecipeReadingTests {
  static func imported(_ tool: String, _ text: String) throws -> ImportedPlan {
    try RecipeRegistry.standard.importer(named: tool)
      .plan(from: text, path: "file", layers: RecipeFixtures.layers())
  }

  static func settings(_ plan: CompressionPlan) throws -> [String: LayerSetting] {
    let layers = RecipeFixtures.layers()
    let resolution = try plan.resolved(for: layers)
    return Dictionary(uniqueKeysWithValues: zip(layers.map(\.name), resolution.settings))
  }

  @Test func llmCompressorSchemesAndIgnores() throws {
    let text = """
      quant_stage:
        quant_modifiers:
          GPTQModifier:
            ignore: ["fc2"]
            config_groups:
              group_0:
                targets: ["Linear"]
                weights: {num_bits: 4, type: int, symmetric: false, strategy: group, group_size: 16}
          SmoothQuantModifier: {smoothing_strength: 0.8}
        pruning_modifiers:
          MagnitudePruningModifier:
            init_sparsity: 0.0
            final_sparsity: 0.5
            targets: ["re:features.*weight"]
      """
    let imported = try Self.imported("llm-compressor", text)
    #expect(imported.notes.contains { $0.contains("line 9") && $0.contains("SmoothQuantModifier") })
    let settings = try Self.settings(imported.plan)
    #expect(settings["features.conv1"]?.prune == PruneSetting(amount: 0.5))
    #expect(settings["features.conv2"]?.prune == PruneSetting(amount: 0.5))
    #expect(settings["fc2"] == LayerSetting())
  }

  @Test func torchAOExpressionsAndDefaults() throws {
    let text = """
      {"_type": "FqnToConfig", "_version": 1, "_data": {"fqn_to_config": {
        "re:features\\\\..*": {"_type": "IntxWeightOnlyConfig", "_version": 2, "_data": {
          "weight_dtype": {"_type": "torch.dtype", "_data": "int6"},
          "mapping_type": {"_type": "MappingType", "_data": "ASYMMETRIC"}}},
        "fc2": null,
        "_default": {"_type": "Int8WeightOnlyConfig", "_version": 2, "_data": {}}}}}
      """
    let settings = try Self.settings(try Self.imported("torchao", text).plan)
    #expect(
      settings["features.conv2"]?.weights == WeightQuantization(bits: 6, scheme: .asymmetric))
    #expect(settings["fc1"]?.weights == WeightQuantization(bits: 8))
    #expect(settings["fc2"]?.weights == nil)
  }

  @Test func coreMLToolsTypesNamesAndNull() throws {
    let text = """
      global_config: {weight_dtype: int8, granularity: per_tensor}
      module_type_configs:
        Conv2d: {weight_dtype: uint4, quantization_scheme: affine, granularity: per_block, \
      block_size: 16}
      module_name_configs:
        fc1: null
      """
    let settings = try Self.settings(try Self.imported("coremltools", text).plan)
    #expect(
      settings["features.conv1"]?.weights
        == WeightQuantization(bits: 4, scheme: .asymmetric, granularity: .group(16)))
    #expect(settings["fc1"]?.weights == nil)
    #expect(settings["fc2"]?.weights == WeightQuantization(bits: 8, granularity: .tensor))
  }

  @Test func distillerPrunersEndWhereTheySay() throws {
    let text = """
      version: 1
      pruners:
        levels: {class: SparsityLevelParameterPruner, levels: {'*': 0.2, fc1.weight: 0.7}}
        gradual:
          class: AutomatedGradualPruner
          initial_sparsity: 0.05
          final_sparsity: 0.85
          weights: [features.conv1.weight]
      quantizers:
        q:
          class: QuantAwareTrainRangeLinearQuantizer
          bits_weights: 8
          per_channel_wts: true
          overrides:
            fc.*: {bits_weights: null}
      lr_schedulers: {a: {class: ExponentialLR, gamma: 0.9}}
      policies: [{pruner: {instance_name: levels}, starting_epoch: 0}]
      """
    let imported = try Self.imported("distiller", text)
    #expect(imported.notes.count == 1 && imported.notes[0].contains("lr_schedulers"))
    let settings = try Self.settings(imported.plan)
    #expect(settings["features.conv1"]?.prune == PruneSetting(amount: 0.85))
    #expect(settings["features.conv2"]?.prune == PruneSetting(amount: 0.2))
    #expect(settings["fc1"]?.prune == PruneSetting(amount: 0.7))
    #expect(settings["features.conv2"]?.weights == WeightQuantization(bits: 8))
    #expect(settings["fc1"]?.weights == nil)
  }

  @Test func overridesOfActivationsAreTold() throws {
    let text = """
      {"fc1.weight": [{"quant_type": "QInt8", "axis": 0}],
       "a": [{"quant_type": "QUInt16"}]}
      """
    let imported = try Self.imported("onnxruntime", text)
    #expect(imported.notes.count == 1 && imported.notes[0].contains("line 2, column 2"))
    #expect(try Self.settings(imported.plan)["fc1"]?.weights == WeightQuantization(bits: 8))
  }

  /// A wrong file: the message names the line and column and what is wrong.
  struct Wrong: Sendable {
    var tool: String
    var text: String
    var place: String
    var says: String
  }

  static let wrong = [
    Wrong(
      tool: "llm-compressor",
      text: "a_stage:\n  b_modifiers:\n    SparseGPTModifier:\n      sparsity: 1.5\n",
      place: "line 4, column 17", says: "between 0 and 1"),
    Wrong(
      tool: "llm-compressor", text: "a_stage:\n  b_modifiers:\n    WandaPruningModifier: {}\n",
      place: "line 3, column 27", says: "no 'sparsity'"),
    Wrong(
      tool: "llm-compressor",
      text: "a_stage:\n  b_modifiers:\n    SparseGPTModifier: {mask_structure: \"4:4\"}\n",
      place: "line 3, column 41", says: "keeps nothing"),
    Wrong(tool: "torchao", text: "{\"_type\": 3}", place: "line 1", says: "_data"),
    Wrong(
      tool: "torchao",
      text: "{\"_type\": \"FqnToConfig\", \"_data\": {\"fqn_to_config\": {\"a\": 1}}}",
      place: "line 1, column 59", says: "_type"),
    Wrong(
      tool: "coremltools", text: "module_name_configs:\n  fc1: {n_m_ratio: [4, 4]}\n",
      place: "line 2, column 20", says: "counts the zeros"),
    Wrong(
      tool: "coremltools", text: "global_config: {target_sparsity: many}\n",
      place: "line 1, column 34", says: "has to be a number"),
    Wrong(
      tool: "aimet-1.0.0", text: "{\"param_encodings\": [{\"bw\": 8}]}",
      place: "line 1, column 22", says: "no 'name'"),
    Wrong(
      tool: "aimet-0.6.1", text: "{\"param_encodings\": {\"fc1.weight\": []}}",
      place: "line 1, column 36", says: "list of encodings"),
    Wrong(tool: "aimet-0.6.1", text: "{}", place: "line 1", says: "param_encodings"),
    Wrong(
      tool: "onnxruntime", text: "{\"fc1.weight\": {}}", place: "line 1, column 16",
      says: "list of overrides"),
    Wrong(
      tool: "distiller", text: "pruners:\n  p: {levels: {}}\n", place: "line 2, column 6",
      says: "no 'class'"),
    Wrong(
      tool: "distiller",
      text: "pruners:\n  p: {class: AutomatedGradualPruner, final_sparsity: 0.5}\n",
      place: "line 2, column 6", says: "'weights'"),
    Wrong(tool: "distiller", text: "a: [", place: "line 2", says: "did not find"),
    Wrong(tool: "llm-compressor", text: "a: 3\n", place: "line 1", says: "states nothing"),
  ]

  @Test(arguments: wrong) func wrongFilesAreToldWithTheirPlace(_ file: Wrong) throws {
    do {
      let imported = try Self.imported(file.tool, file.text)
      Issue.record("read as \(imported.plan.text())")
    } catch let error as EngineError {
      #expect(error.code == .invalidPlan)
      #expect(error.path == "file")
      #expect(error.subject?.hasPrefix(file.place) ?? false, "\(error)")
      #expect(error.message.contains(file.says), "\(error)")
    }
  }

  /// Mutated files are read or refused; nothing else happens.
  @Test(arguments: RecipeRegistry.standard.importableNames)
  func mutatedFilesDoNoHarm(name: String) throws {
    let settings = RecipeFixtures.layers().map { _ in
      LayerSetting(prune: PruneSetting(amount: 0.5), weights: WeightQuantization(bits: 8))
    }
    let text = try RecipeRegistry.standard.target(named: name)
      .recipe(for: RecipeFixtures.request(settings)).text
    let bytes = Array(text.utf8)
    var generator = SeededGenerator(seed: 11)
    var read = 0
    for _ in 0..<300 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<mutated.count, using: &generator)
        if Bool.random(using: &generator) {
          mutated[index] = UInt8.random(in: 32...126, using: &generator)
        } else {
          mutated.remove(at: index)
        }
      }
      do {
        _ = try Self.imported(name, String(decoding: mutated, as: UTF8.self))
        read += 1
      } catch let error as EngineError {
        #expect(!error.problem.isEmpty)
      }
    }
    #expect(read < 300)
  }

  @Test func unknownToolsAreSuggested() throws {
    let unknown = #expect(throws: EngineError.self) {
      try RecipeRegistry.standard.target(named: "torcho")
    }
    #expect(unknown?.remedy?.contains("Did you mean 'torchao'?") ?? false)
    let writeOnly = #expect(throws: EngineError.self) {
      try RecipeRegistry.standard.importer(named: "nncf")
    }
    #expect(writeOnly?.remedy?.contains("llm-compressor") ?? false)
  }
}
