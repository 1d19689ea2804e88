import ModelCompression
import NetworkGraph
import Tensors

extension OpenedModel {
  /// How activations are rounded under settings, by layer; empty when none are.
  func rounding(_ settings: [LayerSetting]) -> [String: ActivationQuantization] {
    var result: [String: ActivationQuantization] = [:]
    for (layer, setting) in zip(layers, settings) { result[layer.name] = setting.activations }
    return result
  }

  /// A model of the size that this one has with rounded activations: the ranges, which calibration
  /// finds, change no size.
  func sizedForRounding(
    _ rounding: [String: ActivationQuantization]
  ) throws(EngineError) -> OpenedModel {
    guard let graph else { return self }
    var ranges: [String: ValueRange] = [:]
    for site in ActivationQuantizer.sites(in: graph, settings: rounding) {
      ranges[site.source] = ValueRange(low: 0, high: 1)
    }
    return try OpenedModel(
      madeFrom: original ?? self,
      graph: ActivationQuantizer.apply(to: graph, settings: rounding, ranges: ranges))
  }
}
