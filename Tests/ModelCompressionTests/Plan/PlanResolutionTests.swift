import Foundation
import ModelCompression
import NetworkGraph
import Tensors
import Testing

/// Which rule decides over which layer, and what is told about it.
@Suite struct PlanResolutionTests {
  static func layer(_ name: String, op: String = "Conv") -> CompressibleLayer {
    CompressibleLayer(
      name: name, weight: name + ".weight", nodes: [0], op: op, shape: [4, 2, 3, 3],
      outputAxis: 0, inputAxis: 1)
  }

  static let layers = [
    layer("conv1"), layer("layer1.0.conv1"), layer("layer1.0.conv2"), layer("linear", op: "Gemm"),
  ]

  static func resolve(_ rules: String) throws -> PlanResolution {
    try CompressionPlan(text: "weightbench: 1\n" + rules).resolved(for: layers)
  }

  @Test func blocksAreDecidedOneByOne() throws {
    let result = try Self.resolve(
      #"""
      defaults: {prune: {amount: 0.1}, weights: {bits: 8}}
      layers:
        type:Conv: {weights: {bits: 7}}
        "re:layer1\\..*": {prune: {amount: 0.5}}
        "re:.*conv2": {prune: {amount: 0.6}, weights: {bits: 5}}
        layer1.0.conv2: {weights: {bits: 4}}
        linear: null
      """#)
    #expect(result.settings.map { $0.prune?.amount } == [0.1, 0.5, 0.5, nil])
    #expect(result.settings.map { $0.weights?.bits } == [7, 7, 4, nil])
    #expect(
      result.origins.map(\.prune) == ["defaults", #"re:layer1\..*"#, #"re:layer1\..*"#, "linear"])
    #expect(
      result.origins.map(\.weights) == ["type:Conv", "type:Conv", "layer1.0.conv2", "linear"])
    #expect(
      result.notices == [
        "prune of rule 're:.*conv2' overridden by 're:layer1\\..*' (layer layer1.0.conv2)",
        "weights of rule 're:.*conv2' overridden by 'layer1.0.conv2' (layer layer1.0.conv2)",
        "weights of rule 'type:Conv' overridden by 'layer1.0.conv2' (layer layer1.0.conv2)",
      ])
  }

  @Test func nullSwitchesOffOneBlock() throws {
    let result = try Self.resolve(
      "defaults: {prune: {amount: 0.1}, weights: {bits: 8}}\nlayers: {conv1: {weights: null}}")
    #expect(result.settings[0] == LayerSetting(prune: PruneSetting(amount: 0.1)))
    #expect(result.settings[1].weights?.bits == 8)
  }

  @Test func expressionsMatchWholeNames() throws {
    let result = try Self.resolve("layers: {\"re:conv1\": {weights: {bits: 8}}}")
    #expect(result.settings.map { $0.weights?.bits } == [8, nil, nil, nil])
  }

  @Test func strangersAreToldWithASuggestion() throws {
    let result = try Self.resolve(
      "defaults: {weights: {bits: 8}}\nlayers: {layer1.0.conv3: null, type:Conv2: null}\n"
        + "pinned: [liner]")
    #expect(
      result.notices == [
        "rule 'layer1.0.conv3' matches no layer. Did you mean 'layer1.0.conv1'?",
        "rule 'type:Conv2' matches no layer. Did you mean 'type:Conv'?",
        "pinned layer 'liner' is not in the model. Did you mean 'linear'?",
      ])
  }

  @Test func aPlanForAnotherModelIsRefused() throws {
    let error = try #require(throws: EngineError.self) {
      _ = try Self.resolve("layers: {stem.0: {weights: {bits: 8}}, r1.a: null}")
    }
    #expect(error.code == .invalidPlan)
    #expect(error.problem.contains("plan for another model"))
    let plan = CompressionPlan(model: CompressionPlan.Model(file: "a.onnx", sha256: "AB12"))
    try plan.check(modelSHA256: "ab12")
    let other = try #require(throws: EngineError.self) { try plan.check(modelSHA256: "ab13") }
    #expect(other.problem.contains("plan for another model 'a.onnx'"))
    try CompressionPlan().check(modelSHA256: "ab13")
  }

  @Test func aSettingHoldsWhateverOtherRulesSay() throws {
    var plan = try CompressionPlan(
      text:
        "weightbench: 1\ndefaults: {weights: {bits: 8}}\nlayers: {type:Conv: {prune: {amount: 0.5}}}"
    )
    let settings = [
      LayerSetting(), LayerSetting(prune: PruneSetting(amount: 0.2)),
      LayerSetting(weights: WeightQuantization(bits: 3)),
      LayerSetting(
        prune: PruneSetting(amount: 0.9), weights: WeightQuantization(bits: 2, scheme: .asymmetric)),
    ]
    for (layer, setting) in zip(Self.layers, settings) { plan.set(setting, forLayer: layer.name) }
    #expect(try plan.resolved(for: Self.layers).settings == settings)
    #expect(try CompressionPlan(text: plan.text()) == plan)
    plan.remove(forLayer: "conv1")
    #expect(
      try plan.resolved(for: Self.layers).settings[0]
        == LayerSetting(
          prune: PruneSetting(amount: 0.5), weights: WeightQuantization(bits: 8)))
    let coded = try JSONDecoder().decode(CompressionPlan.self, from: JSONEncoder().encode(plan))
    #expect(coded == plan)
  }

  @Test func anEmptyPlanTouchesNothing() throws {
    let result = try CompressionPlan().resolved(for: Self.layers)
    #expect(result.settings.allSatisfy { $0.isUntouched })
    #expect(result.notices.isEmpty)
    #expect(try CompressionPlan().resolved(for: []).settings.isEmpty)
  }
}
