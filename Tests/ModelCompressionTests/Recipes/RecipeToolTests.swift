import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Recipes are read by the tools that they are for; each test needs its tool from PyPI.
@Suite(.serialized, .enabled(if: JudgePython.isAvailable, "the judges are not installed"))
struct RecipeToolTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What a tool understood of a recipe, as JSON; nil when the tool is not installed.
  private func understood(_ tool: String, _ text: String) throws -> Any? {
    let target = try RecipeRegistry.standard.target(named: tool)
    let file = folder.path("recipe.\(target.fileExtension)")
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let model = folder.path("model.onnx")
    _ = try ONNXWriter.write(RecipeFixtures.graph, to: model)
    let run = try Subprocess(
      SharedAssets.root.appending(path: ".judges/bin/python").path,
      [SharedAssets.root.appending(path: "Tests/Judges/recipes.py").path, tool, file, model])
    if run.status == 3 { return nil }
    #expect(run.status == 0, "\(run.errors)")
    return try JSONSerialization.jsonObject(
      with: Data((run.output.split(separator: "\n").last ?? "").utf8))
  }

  private func recipe(_ tool: String, _ settings: [LayerSetting]) throws -> Recipe {
    try RecipeRegistry.standard.target(named: tool).recipe(for: RecipeFixtures.request(settings))
  }

  /// ONNX Runtime's own quantizer, given the overrides, computes the very codes of the plan.
  @Test(arguments: [4, 8, 3, 6])
  func onnxRuntimeComputesTheCodesOfThePlan(bits: Int) throws {
    var settings = RecipeFixtures.layers().map { _ in
      LayerSetting(weights: WeightQuantization(bits: bits))
    }
    settings[1].weights?.scheme = .asymmetric
    settings[2].weights?.granularity = .tensor
    let request = try RecipeFixtures.request(settings)
    let text = try ONNXRuntimeRecipe().recipe(for: request).text
    guard let codes = try understood("onnxruntime", text) as? [String: [Int]] else { return }
    for layer in request.layers {
      let expected = try #require(layer.compressed?.codes?.integers)
      let found = try #require(codes[layer.layer.weight], "\(layer.name)")
      #expect(found == expected, "\(layer.name)")
    }
  }

  @Test func llmCompressorReadsItsRecipe() throws {
    let layers = RecipeFixtures.layers()
    let forms = [
      SettingForm(prune: PruningForm(amount: 0.25), weights: WeightForm(bits: 4)),
      SettingForm(prune: PruningForm(amount: 0.5, criterion: "wanda", pattern: .keep(2, of: 4))),
      SettingForm(
        prune: PruningForm(amount: 0.75, criterion: "sparsegpt", pattern: .keep(1, of: 4)),
        weights: WeightForm(bits: 4, granularity: .group(16), method: "gptq")),
      SettingForm(
        weights: WeightForm(bits: 8, scheme: "fp8-e4m3"), activations: ActivationForm()),
    ]
    let text = try LLMCompressorRecipe().recipe(for: RecipeFixtures.request(forms: forms)).text
    guard let list = try understood("llm-compressor", text) as? [[String: Any]] else { return }
    func entry(_ modifier: String) -> [String: Any]? {
      list.first { $0["modifier"] as? String == modifier }
    }
    #expect(entry("MagnitudePruningModifier")?["sparsity"] as? Double == 0.25)
    #expect(
      entry("MagnitudePruningModifier")?["targets"] as? [String] == [layers[0].name + ".weight"])
    #expect(entry("WandaPruningModifier")?["structure"] as? String == "2:4")
    #expect(entry("SparseGPTModifier")?["structure"] as? String == "3:4")
    #expect(entry("GPTQModifier")?["group"] as? Int == 16)
    #expect(entry("GPTQModifier")?["targets"] as? [String] == [layers[2].name])
    #expect(list.filter { $0["modifier"] as? String == "QuantizationModifier" }.count == 2)
  }

  @Test func torchAOReadsItsConfiguration() throws {
    let settings = [4, 8, 2, 7].map { LayerSetting(weights: WeightQuantization(bits: $0)) }
    var changed = settings
    changed[2].weights?.granularity = .group(32)
    changed[3].weights?.scheme = .asymmetric
    guard
      let read = try understood("torchao", try recipe("torchao", changed).text)
        as? [String: [String: Any]]
    else { return }
    let layers = RecipeFixtures.layers()
    #expect(Set(read.keys) == Set(layers.map(\.name)))
    #expect(read[layers[0].name]?["dtype"] as? String == "torch.int4")
    #expect(read[layers[2].name]?["group"] as? Int == 32)
    #expect((read[layers[3].name]?["mapping"] as? String)?.hasSuffix(".ASYMMETRIC") ?? false)
  }

  @Test func coreMLToolsReadsItsConfigurations() throws {
    let forms = [
      SettingForm(
        prune: PruningForm(amount: 0.5, pattern: .keep(1, of: 4)),
        weights: WeightForm(bits: 4, granularity: .group(16))),
      SettingForm(
        prune: PruningForm(amount: 0.25, pattern: .channel),
        weights: WeightForm(bits: 6, scheme: "palette", granularity: .channel)),
      SettingForm(prune: PruningForm(amount: 0.5, criterion: "sparsegpt")),
      SettingForm(
        prune: PruningForm(amount: 0.5, pattern: .block([2, 1])),
        weights: WeightForm(bits: 4, method: "gptq")),
    ]
    let text = try CoreMLToolsRecipe().recipe(for: RecipeFixtures.request(forms: forms)).text
    guard
      let read = try understood("coremltools", text) as? [String: [String: [String: String]]]
    else { return }
    let names = RecipeFixtures.layers().map(\.name)
    #expect(read["MagnitudePrunerConfig"]?[names[0]]?["n_m_ratio"] == "(3, 4)")
    #expect(read["MagnitudePrunerConfig"]?[names[1]]?["granularity"] == "per_channel")
    #expect(read["MagnitudePrunerConfig"]?[names[3]]?["block_size"] == "2")
    #expect(read["PostTrainingQuantizerConfig"]?[names[0]]?["weight_n_bits"] == "4")
    #expect(read["PostTrainingPalettizerConfig"]?[names[1]]?["n_bits"] == "6")
    #expect(read["LayerwiseCompressorConfig"]?[names[2]]?["algorithm"] == "sparse_gpt")
    #expect(read["LayerwiseCompressorConfig"]?[names[3]]?["algorithm"] == "gptq")
  }

  /// One optimizer's configuration is the file that its `from_yaml` reads.
  @Test func coreMLToolsReadsOneConfigurationAsAFile() throws {
    let settings = RecipeFixtures.layers().map { _ in LayerSetting(prune: PruneSetting(amount: 0.4))
    }
    guard
      let read = try understood("coremltools", try recipe("coremltools", settings).text)
        as? [String: [String: [String: String]]]
    else { return }
    #expect(read["MagnitudePrunerConfig"]?.count == settings.count)
    #expect(
      read["MagnitudePrunerConfig"]?.values.allSatisfy { $0["target_sparsity"] == "0.4" } ?? false)
  }

  /// NNCF runs the script on the model and stores what the plan says.
  @Test func nncfRunsItsScript() throws {
    let settings = [
      LayerSetting(weights: WeightQuantization(bits: 8)),
      LayerSetting(weights: WeightQuantization(bits: 8, scheme: .asymmetric)),
      LayerSetting(),
      LayerSetting(
        weights: WeightQuantization(bits: 4, scheme: .asymmetric, granularity: .group(16))),
    ]
    guard
      let read = try understood("nncf", try recipe("nncf", settings).text) as? [String: Int]
    else { return }
    #expect(read["INT8"] == 1)
    #expect(read["UINT8"] == 1)
    #expect((read["MatMulNBits"] ?? 0) + (read["UINT4"] ?? 0) == 1, "\(read)")
    #expect(read.values.reduce(0, +) == 3)
  }
}
