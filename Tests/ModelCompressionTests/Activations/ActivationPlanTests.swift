import ModelCompression
import NetworkGraph
import Testing

/// The block `activations` of plans: read, written, resolved.
@Suite struct ActivationPlanTests {
  static let settings: [ActivationQuantization] = [
    ActivationQuantization(),
    ActivationQuantization(bits: 16),
    ActivationQuantization(bits: 4, range: "mse", scheme: .symmetric),
    ActivationQuantization(range: "entropy"),
    ActivationQuantization(range: NamedChoice("percentile", options: ["percent": .number(99.9)])),
    ActivationQuantization(mode: .dynamic),
  ]

  @Test(arguments: settings, CompressionPlan.TextFormat.allCases)
  func readsWhatItWrote(
    _ setting: ActivationQuantization, _ format: CompressionPlan.TextFormat
  ) throws {
    let plan = CompressionPlan(
      defaults: PlanRule(activations: .set(setting)),
      layers: ["a": PlanRule(activations: .off), "b": .leaveAlone])
    let text = plan.text(format)
    let again = try CompressionPlan(text: text)
    #expect(again == plan, "\(text)")
    #expect(again.text(format) == text)
  }

  @Test func readsTheFormatOfTheDocumentation() throws {
    let plan = try CompressionPlan(
      text: """
        weightbench: 1
        defaults: {weights: {bits: 8}, activations: {bits: 8, range: entropy, mode: static}}
        layers:
          "type:Gemm": {activations: {mode: dynamic}}
          head: {activations: null}
          conv1: null
        """)
    #expect(plan.defaults.activations == .set(ActivationQuantization(range: "entropy")))
    #expect(plan.layers["type:Gemm"]?.activations == .set(ActivationQuantization(mode: .dynamic)))
    #expect(plan.layers["head"] == PlanRule(activations: .off))
    let layers = [("conv1", "Conv"), ("conv2", "Conv"), ("head", "Gemm"), ("fc", "Gemm")].map {
      CompressibleLayer(
        name: $0.0, weight: $0.0 + ".weight", nodes: [0], op: $0.1, shape: [4, 4], outputAxis: 0,
        inputAxis: 1)
    }
    let resolved = try plan.resolved(for: layers)
    let weights = WeightQuantization(bits: 8)
    #expect(
      resolved.settings == [
        LayerSetting(),
        LayerSetting(weights: weights, activations: ActivationQuantization(range: "entropy")),
        LayerSetting(weights: weights),
        LayerSetting(weights: weights, activations: ActivationQuantization(mode: .dynamic)),
      ])
    #expect(
      resolved.origins.map(\.activations) == ["conv1", "defaults", "head", "type:Gemm"])
  }

  @Test func settingALayerKeepsOrSwitchesOff() {
    var plan = CompressionPlan(defaults: PlanRule(activations: .set(ActivationQuantization())))
    plan.set(LayerSetting(weights: WeightQuantization(bits: 4)), forLayer: "a")
    #expect(plan.layers["a"]?.activations == .off)
    plan.set(LayerSetting(activations: ActivationQuantization(bits: 16)), forLayer: "a")
    #expect(plan.layers["a"]?.activations == .set(ActivationQuantization(bits: 16)))
    #expect(LayerSetting(activations: ActivationQuantization()).isUntouched)
  }
}
