import Evaluation
import ModelCompression
import TestSupport

extension CompressionPlan {
  /// A plan that prunes and quantizes about half of the layers, each in its own way.
  static func random(
    for model: OpenedModel, using generator: inout SeededGenerator
  ) -> CompressionPlan {
    var plan = CompressionPlan()
    for layer in model.layers where Bool.random(using: &generator) {
      var setting = LayerSetting()
      if Bool.random(using: &generator) {
        setting.prune = PruneSetting(
          amount: Double(Int.random(in: 0...90, using: &generator)) / 100)
      }
      if Bool.random(using: &generator) {
        let granularities: [WeightQuantization.Granularity] = [.tensor, .channel, .group(16)]
        setting.weights = WeightQuantization(
          bits: [3, 4, 5, 6, 8].randomElement(using: &generator) ?? 8,
          scheme: Bool.random(using: &generator) ? .symmetric : .asymmetric,
          granularity: granularities.randomElement(using: &generator) ?? .channel)
      }
      plan.set(setting, forLayer: layer.name)
    }
    return plan
  }
}
