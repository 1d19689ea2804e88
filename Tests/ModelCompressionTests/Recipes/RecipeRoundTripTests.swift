import ModelCompression
import NetworkGraph
import TestSupport
import Testing

/// What a tool can express comes back from its file as the same setting of every layer.
@Suite struct RecipeRoundTripTests {
  /// The settings that a target expresses without a loss.
  struct Expressible: Sendable, CustomTestStringConvertible {
    let target: String
    var prunes = true
    var bits = [2, 3, 4, 5, 6, 7, 8]
    var schemes: [WeightQuantization.Scheme] = [.symmetric, .asymmetric]
    var granularities: [WeightQuantization.Granularity] = [.channel]
    /// Whether all layers share scheme and granularity.
    var isUniform = false
    var testDescription: String { target }
  }

  static let targets = [
    Expressible(
      target: "llm-compressor", bits: [2, 3, 4, 5, 6, 7, 8, 16],
      granularities: [.tensor, .channel, .group(32)]),
    Expressible(target: "torchao", prunes: false, granularities: [.channel, .group(32)]),
    Expressible(
      target: "coremltools", bits: [4, 8], granularities: [.tensor, .channel, .group(16)],
      isUniform: true),
    Expressible(
      target: "aimet-0.6.1", prunes: false, bits: [2, 3, 4, 5, 6, 7, 8, 16],
      granularities: [.tensor, .channel]),
    Expressible(
      target: "aimet-1.0.0", prunes: false, bits: [2, 3, 4, 5, 6, 7, 8, 16],
      granularities: [.tensor, .channel]),
    Expressible(
      target: "onnxruntime", prunes: false, bits: [4, 8, 16], granularities: [.tensor, .channel]),
    Expressible(target: "distiller", isUniform: true),
  ]

  @Test(arguments: targets, [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func settingsComeBack(_ target: Expressible, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let layers = RecipeFixtures.layers()
    var settings = layers.map { _ in Self.setting(target, &generator) }
    if target.isUniform {
      let scheme = Self.pick(target.schemes, &generator)
      let granularity = Self.pick(target.granularities, &generator)
      for index in settings.indices where settings[index].weights != nil {
        settings[index].weights?.scheme = scheme
        settings[index].weights?.granularity = granularity
      }
    }
    // A plan that does nothing has no recipe.
    settings[0].weights = settings[0].weights ?? WeightQuantization(bits: 8)
    if target.isUniform, let other = settings.dropFirst().compactMap(\.weights).first {
      settings[0].weights?.scheme = other.scheme
      settings[0].weights?.granularity = other.granularity
    }
    let recipe = try RecipeRegistry.standard.target(named: target.target)
      .recipe(for: RecipeFixtures.request(settings))
    let imported = try RecipeRegistry.standard.importer(named: target.target)
      .plan(from: recipe.text, path: "recipe", layers: layers)
    #expect(imported.notes.isEmpty)
    let resolution = try imported.plan.resolved(for: layers)
    #expect(resolution.settings == settings, "\(recipe.text)")
    #expect(resolution.notices.isEmpty)
  }

  static func setting(_ target: Expressible, _ generator: inout SeededGenerator) -> LayerSetting {
    var setting = LayerSetting()
    if target.prunes, Bool.random(using: &generator) {
      setting.prune = PruneSetting(amount: Double(Int.random(in: 1...19, using: &generator)) / 20)
    }
    if Bool.random(using: &generator) {
      setting.weights = WeightQuantization(
        bits: pick(target.bits, &generator), scheme: pick(target.schemes, &generator),
        granularity: pick(target.granularities, &generator))
    }
    return setting
  }

  static func pick<Element>(_ list: [Element], _ generator: inout SeededGenerator) -> Element {
    list[Int.random(in: 0..<list.count, using: &generator)]
  }

  /// Settings with methods of their own, each by the target that has them, as plans spell them.
  static let methods: [(target: String, rule: String)] = [
    ("llm-compressor", "{prune: {criterion: wanda, pattern: {keep: 2, of: 4}}}"),
    ("llm-compressor", "{prune: {amount: 0.5, criterion: sparsegpt}}"),
    ("llm-compressor", "{weights: {bits: 4, granularity: {group: 16}, method: gptq}}"),
    ("llm-compressor", "{prune: {amount: 0.25, pattern: channel}}"),
    ("llm-compressor", "{weights: {scheme: fp8-e4m3}}"),
    ("llm-compressor", "{weights: {bits: 6, range: mse}}"),
    ("llm-compressor", "{weights: {bits: 8}, activations: {bits: 8}}"),
    ("llm-compressor", "{weights: {bits: 8}, activations: {bits: 8, scheme: symmetric}}"),
    ("llm-compressor", "{weights: {bits: 4}, activations: {mode: dynamic}}"),
    ("torchao", "{weights: {bits: 4}, activations: {mode: dynamic}}"),
    ("distiller", "{weights: {bits: 8}, activations: {bits: 8}}"),
    ("torchao", "{weights: {bits: 4, granularity: {group: 16}, method: hqq}}"),
    ("torchao", "{weights: {scheme: fp8-e4m3}}"),
    ("coremltools", "{prune: {pattern: {keep: 1, of: 4}}}"),
    ("coremltools", "{prune: {amount: 0.5, criterion: l2, pattern: {block: [2, 1]}}}"),
    ("coremltools", "{prune: {amount: 0.5, criterion: sparsegpt}}"),
    ("coremltools", "{weights: {bits: 4, scheme: palette}}"),
    ("coremltools", "{weights: {bits: 6, scheme: palette, granularity: channel}}"),
    ("coremltools", "{weights: {bits: 4, method: gptq}}"),
    ("coremltools", "{prune: {amount: 0.5}, weights: {scheme: fp8-e5m2}}"),
    ("distiller", "{prune: {threshold: 0.5}}"),
    ("distiller", "{prune: {amount: 0.5, pattern: channel}}"),
    ("distiller", "{prune: {amount: 0.5, criterion: l2, pattern: channel}}"),
    ("aimet-1.0.0", "{weights: {scheme: float16}}"),
  ]

  @Test(arguments: methods)
  func methodsComeBack(target: String, rule: String) throws {
    let layers = RecipeFixtures.layers()
    let plan = try CompressionPlan(text: "weightbench: 1\nlayers: {fc1: \(rule)}\n")
    let settings = try plan.resolved(for: layers).settings
    let recipe = try RecipeRegistry.standard.target(named: target).recipe(
      for: RecipeRequest(
        model: "small.onnx", graph: RecipeFixtures.graph, layers: layers, settings: settings))
    let imported = try RecipeRegistry.standard.importer(named: target)
      .plan(from: recipe.text, path: nil, layers: layers)
    #expect(imported.notes.isEmpty)
    #expect(try imported.plan.resolved(for: layers).settings == settings, "\(recipe.text)")
  }

  /// Groups of a matrix come back from encodings by block, with channels first.
  @Test func blocksOfMatricesAreEncoded() throws {
    let settings = RecipeFixtures.layers().map { layer in
      layer.shape.count == 2
        ? LayerSetting(weights: WeightQuantization(bits: 4, granularity: .group(16)))
        : LayerSetting()
    }
    let recipe = try RecipeRegistry.standard.target(named: "aimet-1.0.0")
      .recipe(for: RecipeFixtures.request(settings))
    #expect(recipe.text.contains("PER_BLOCK"))
    let layers = RecipeFixtures.layers()
    let imported = try RecipeRegistry.standard.importer(named: "aimet-1.0.0")
      .plan(from: recipe.text, path: nil, layers: layers)
    #expect(try imported.plan.resolved(for: layers).settings == settings)
  }

  /// Nothing is dropped in silence: every layer whose setting a target leaves out is named.
  @Test(arguments: RecipeRegistry.standard.names)
  func whatIsLeftOutIsTold(name: String) throws {
    let form = SettingForm(
      prune: PruningForm(amount: 0.5, criterion: "mixed", pattern: .block([2, 3])),
      weights: WeightForm(bits: 5, scheme: "palette", method: "adaround"),
      activations: ActivationForm(bits: 4, range: "entropy"))
    let known = SettingForm(weights: WeightForm(bits: 8))
    let layers = RecipeFixtures.layers()
    let target = try RecipeRegistry.standard.target(named: name)
    var request = RecipeFixtures.request(forms: layers.map { _ in form })
    do {
      let notes = try target.recipe(for: request).notes
      #expect(notes.contains { $0.contains("left out") }, "\(notes)")
    } catch {
      #expect(error.problem.contains("it can do nothing of this plan"))
      #expect(error.remedy == "Choose another tool")
    }
    guard !target.needsCompressedWeights else { return }
    request = RecipeFixtures.request(forms: [form] + layers.dropFirst().map { _ in known })
    let recipe = try target.recipe(for: request)
    let told = recipe.notes.filter { $0.contains(layers[0].name) || $0.contains("conv1") }
    #expect(told.count >= 2, "\(recipe.notes)")
  }

  @Test(arguments: RecipeRegistry.standard.names)
  func aPlanThatDoesNothingHasNoRecipe(name: String) throws {
    let request = RecipeFixtures.request(forms: RecipeFixtures.layers().map { _ in SettingForm() })
    #expect(throws: (any Error).self) {
      try RecipeRegistry.standard.target(named: name).recipe(for: request)
    }
  }
}
