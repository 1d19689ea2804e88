import Evaluation
import ModelCompression
import NetworkGraph
import Tensors

/// Where training begins: the network of the plan's steps with its weights pruned, not yet quantized,
/// and biases or statistics corrected.
struct StartingPoint: Sendable {
  /// The network before its layers are compressed.
  var base: OpenedModel
  /// The pruned weights of each layer.
  var weights: [Tensor]
  /// Constants that are corrected, by name.
  var constants: [String: Tensor]
  /// What the user should know.
  var notices: [String]

  /// Applies a plan as far as training begins from it.
  ///
  /// - Throws: ``EngineError``; `CancellationError`.
  static func make(
    engine: PreviewEngine, plan: CompressionPlan, settings: FinetuneSettings
  ) async throws -> StartingPoint {
    let opened = try engine.model.runnableGraph()
    let statistics = TrainableConstants.runningStatistics(in: opened)
    var corrected = plan
    corrected.repair = []
    if settings.correctsFirst { corrected.repair = statistics.isEmpty ? [.bias] : [.batchnorm] }
    for (layer, setting) in zip(
      engine.model.layers, try engine.planCompressor.resolver.resolve(plan).settings)
    where setting.activations != nil {
      corrected.set(
        LayerSetting(prune: setting.prune, weights: setting.weights), forLayer: layer.name)
    }
    let compressed = try await engine.compress(corrected)
    let base = compressed.variant?.model ?? engine.model
    var pruning = corrected
    for (layer, setting) in zip(engine.model.layers, compressed.settings)
    where setting.weights != nil {
      pruning.set(LayerSetting(prune: setting.prune), forLayer: layer.name)
    }
    let pruned = try await engine.compress(pruning)
    let weights = zip(base.weights, pruned.weights).map { $1?.dequantized ?? $0 }
    // Corrections that rescale weights would have to go with them: those are left out.
    let kept =
      statistics.isEmpty
      ? Set(TrainableConstants.find(in: try base.runnableGraph(), layers: base.layers))
      : Set(statistics)
    return StartingPoint(
      base: base, weights: weights,
      constants: compressed.constants.filter { kept.contains($0.key) },
      notices: compressed.notices)
  }
}
