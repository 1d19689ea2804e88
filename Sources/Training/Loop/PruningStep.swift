import ModelCompression
import Tensors

/// Prunes weights in training by a share of the plan's amounts.
struct PruningStep {
  let setup: FinetuneSetup
  let plan: CompressionPlan

  /// The weights of the layers whose pruning rises bit by bit, pruned; nil for the others.
  ///
  /// What is zero already has the lowest scores and stays zero.
  ///
  /// - Throws: ``EngineError``.
  func pruned(_ weights: [[Float]], share: Double) throws -> [[Float]?] {
    let layers = setup.forms.layers
    var settings = [LayerSetting](repeating: LayerSetting(), count: layers.count)
    for index in setup.gradual {
      var prune = setup.settings[index].prune
      if let amount = prune?.amount { prune?.amount = amount * share }
      settings[index] = LayerSetting(prune: prune)
    }
    let compressor = try PlanCompressor(
      layers: layers,
      weights: zip(layers, weights).map { Tensor($0.shape, $1) },
      batchNormScales: setup.base.graph?.batchNormScales(of: layers) ?? [:])
    let effective = try compressor.effectiveSettings(settings, seed: plan.seed ?? 0)
    var result = [[Float]?](repeating: nil, count: layers.count)
    for index in setup.gradual {
      result[index] = try compressor.compress(index, effective[index]).dequantized.floats
    }
    return result
  }
}
