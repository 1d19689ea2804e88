import Datasets
import ModelCompression
import NetworkGraph
import Tensors

/// The plan that makes of recovered weights what was trained.
///
/// It is the plan that was trained for, without the steps that the recovered model has gone through
/// already (equalization, removal of channels, repair). A layer's rule stays where it gives what was
/// trained. Where it does not, because another mask comes out of the trained weights (thresholds by
/// their standard deviation, criteria that look at data, refits), the rule says what was trained by
/// itself: as many of the lowest magnitudes as there are zeros.
struct RecoveredPlan {
  let setup: FinetuneSetup
  let plan: CompressionPlan
  let data: EvaluationData?

  /// Finds the plan, and proves it.
  ///
  /// - Parameters:
  ///   - stored: The weights of each layer in the recovered model.
  ///   - trained: What ran in training.
  ///   - graph: The recovered network.
  /// - Throws: ``EngineError`` with code `verificationFailed` when no rule gives what was trained.
  func plan(
    stored: [Tensor], trained: [Tensor], graph: NetworkGraph
  ) throws -> CompressionPlan {
    let layers = setup.forms.layers
    var result = plan
    (result.finetuned, result.equalize, result.channels, result.repair) = (nil, nil, nil, [])
    (result.model, result.results) = (nil, [:])
    var settings = setup.settings
    for index in settings.indices {
      settings[index].weights = setup.forms.weightSetting(index)
      settings[index].prune?.refit = false
      if let prune = settings[index].prune,
        !LayerSetting(prune: prune).statisticsNeeds.isEmpty
      {
        settings[index].prune = Self.magnitude(zeros: stored[index])
      }
    }
    let compressor = try PlanCompressor(
      layers: layers, weights: stored, batchNormScales: graph.batchNormScales(of: layers))
    let wrong = try mistakes(compressor, settings, trained)
    for index in wrong {
      guard settings[index].prune != nil else { continue }
      settings[index].prune = Self.magnitude(zeros: stored[index])
    }
    if let index = try mistakes(compressor, settings, trained).first {
      throw EngineError(
        .verificationFailed, subject: "layer '\(layers[index].name)'",
        problem: "the plan does not give the weights that were trained",
        remedy: "Please report this with model and plan")
    }
    for (index, layer) in layers.enumerated() where settings[index] != setup.settings[index] {
      result.set(settings[index], forLayer: layer.name)
    }
    if result.calibration == nil, let data, settings.contains(where: { $0.activations != nil }) {
      result.calibration = CompressionPlan.Calibration(
        data: data.path, count: min(data.count, 512))
    }
    return result
  }

  /// As many of the lowest magnitudes as there are zeros.
  ///
  /// Zeros of the stored weights: codes may be 0 where the weights are not, and those are not the lowest
  /// magnitudes of a layer whose channels have scales of their own.
  private static func magnitude(zeros stored: Tensor) -> PruneSetting? {
    let zeros = stored.withElements(of: Float.self) { $0.count { $0 == 0 } }
    return zeros > 0 ? PruneSetting(amount: Double(zeros) / Double(stored.count)) : nil
  }

  /// Layers of which settings make something else than what was trained.
  private func mistakes(
    _ compressor: PlanCompressor, _ settings: [LayerSetting], _ trained: [Tensor]
  ) throws -> [Int] {
    let effective = try compressor.effectiveSettings(settings, seed: plan.seed ?? 0)
    return try settings.indices.filter { index in
      let made = try compressor.compress(index, effective[index]).dequantized
      return made.withBytes { made in
        trained[index].withBytes { trained in !made.elementsEqual(trained) }
      }
    }
  }
}
