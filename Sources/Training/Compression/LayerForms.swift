import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// What a network runs in the place of the trained weights of its layers: the weights after the plan's
/// own quantizer, so that the plan makes of the recovered model exactly what was trained.
struct LayerForms: Sendable {
  /// One layer's weights as they run.
  struct Form: Sendable {
    /// What runs.
    var values: Tensor
    /// The integer form, where there is one.
    var quantized: QuantizedWeights?
  }

  /// The layers.
  let layers: [CompressibleLayer]
  /// The learned steps of each layer; nil where the plan's quantizer decides.
  let steps: [LearnedStep?]
  /// How the weights of each layer are quantized; nothing for layers that stay floats.
  private let settings: [LayerSetting]
  private let seed: Int

  /// The forms under a plan's settings; pruning is left out, since pruned weights are zero already.
  ///
  /// Codes are the nearest ones and never found by a method: training takes its place.
  ///
  /// - Parameters:
  ///   - learnsStep: As ``FinetuneSettings/learnsStep``.
  init(layers: [CompressibleLayer], settings: [LayerSetting], seed: Int, learnsStep: Bool?) {
    self.layers = layers
    self.seed = seed
    self.settings = settings.map { setting in
      var weights = setting.weights
      weights?.method = "nearest"
      return LayerSetting(weights: weights)
    }
    steps = zip(layers, settings).map { layer, setting in
      guard let weights = setting.weights,
        learnsStep ?? (weights.bits <= FinetuneSettings.standardLearnedBits)
      else { return nil }
      return LearnedStep(layer: layer, setting: weights)
    }
  }

  /// The setting by which a layer's trained weights give what runs.
  func weightSetting(_ layer: Int) -> WeightQuantization? {
    var setting = settings[layer].weights
    if steps[layer] != nil { setting?.range = "minmax" }
    return setting
  }

  /// The weights to store: what the plan's quantizer turns into what runs.
  func stored(_ layer: Int, weights: [Float], steps found: [Float]?) -> [Float] {
    guard let step = steps[layer], let found else { return weights }
    return step.clipped(weights, steps: found)
  }

  /// What runs for the weights given, in the order of the layers.
  ///
  /// - Throws: ``EngineError`` as ``LayerCompressor``; `CancellationError`.
  func forms(_ weights: [[Float]], steps found: [[Float]?], pool: WorkerPool) async throws -> [Form]
  {
    let stored = layers.indices.map { index in
      Tensor(
        layers[index].shape, self.stored(index, weights: weights[index], steps: found[index]))
    }
    let compressor = try PlanCompressor(layers: layers, weights: stored)
    let effective = try compressor.effectiveSettings(
      layers.indices.map { LayerSetting(weights: weightSetting($0)) }, seed: seed)
    let forms = Mutex(stored.map { Form(values: $0) })
    try await pool.forEach(layers.count) { index in
      guard effective[index].setting.weights != nil else { return }
      let compressed = try compressor.compress(
        index, effective[index], isCancelled: { false })
      let form = Form(values: compressed.dequantized, quantized: compressed.quantized)
      forms.withLock { $0[index] = form }
    }
    return forms.withLock { $0 }
  }

  /// dL/dw and dL/ds of a layer from dL/dv, by the straight-through estimator (1308.3432): rounding counts
  /// as the identity inside the range of the codes, and as a constant beyond.
  func gradients(
    _ layer: Int, of gradient: [Float], form: Form, weights: [Float], steps found: [Float]?
  ) -> (weights: [Float], steps: [Float]?) {
    var gradient = gradient
    if let step = steps[layer], let found {
      let learned = step.gradients(&gradient, weights: weights, steps: found)
      return (gradient, learned)
    }
    guard let quantized = form.quantized, quantized.form.kind == .integers,
      let setting = settings[layer].weights, setting.bits > 1, setting.range.name != "minmax"
    else { return (gradient, nil) }
    let scales = quantized.scales.floats
    let zeros = quantized.zeroPoints?.floats
    let highest = Float(zeros == nil ? (1 << (setting.bits - 1)) - 1 : (1 << setting.bits) - 1)
    let lowest = zeros == nil ? -highest : 0
    for (index, place) in quantized.layout.places().enumerated() {
      let code = weights[index] / scales[Int(place)] + (zeros?[Int(place)] ?? 0)
      if code < lowest || code > highest { gradient[index] = 0 }
    }
    return (gradient, nil)
  }
}
