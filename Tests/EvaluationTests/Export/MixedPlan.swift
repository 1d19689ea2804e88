import Evaluation
import ModelCompression

extension CompressionPlan {
  /// A plan that goes through pruning, bit widths, schemes and granularities, layer by layer.
  static func mixed(for model: OpenedModel) -> CompressionPlan {
    let settings = [
      LayerSetting(
        prune: PruneSetting(amount: 0.6), weights: WeightQuantization(bits: 8)),
      LayerSetting(
        weights: WeightQuantization(bits: 4, scheme: .asymmetric, granularity: .group(32))),
      LayerSetting(prune: PruneSetting(amount: 0.7)),
      LayerSetting(
        prune: PruneSetting(amount: 0.3),
        weights: WeightQuantization(bits: 8, scheme: .asymmetric, granularity: .tensor)),
      LayerSetting(),
      LayerSetting(weights: WeightQuantization(bits: 8, granularity: .tensor)),
      LayerSetting(weights: WeightQuantization(bits: 3, scheme: .asymmetric)),
      LayerSetting(weights: WeightQuantization(bits: 5, granularity: .group(16))),
      LayerSetting(weights: WeightQuantization(bits: 16)),
    ]
    var plan = CompressionPlan()
    for (index, layer) in model.layers.enumerated() {
      plan.set(settings[index % settings.count], forLayer: layer.name)
    }
    return plan
  }
}
