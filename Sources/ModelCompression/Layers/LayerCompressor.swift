import NetworkGraph
import Tensors

/// Prunes and quantizes one layer.
public struct LayerCompressor: Sendable {
  /// The weights of a layer after a setting.
  ///
  /// - Parameters:
  ///   - layer: The layer; its shape is the shape of `weights`.
  ///   - weights: Float32 weights as stored in the graph.
  ///   - setting: What to do.
  ///   - prunedCount: How many weights to prune when that is decided over all layers
  ///     (``PlanCompressor``); nil when the setting decides.
  /// - Throws: ``EngineError`` with code `notFinite` naming the first NaN or infinity,
  ///   `shapeMismatch` for other weights than the layer's, `invalidPlan` for a setting out of range.
  /// - Complexity: O(n).
  public static func compress(
    layer: CompressibleLayer, weights: Tensor, setting: LayerSetting, prunedCount: Int? = nil
  ) throws(EngineError) -> CompressedWeights {
    try check(layer, weights)
    if setting.isUntouched, (prunedCount ?? 0) == 0 {
      return untouched(layer, weights, setting)
    }
    try check(setting, of: layer)
    var values = weights.array(of: Float.self)
    try checkFinite(values, of: layer)
    var mask: PruneMask?
    if let prune = setting.prune {
      let scores = try PlanCompressor.scores(values, prune, layer: layer)
      let count =
        switch (prunedCount, prune.measure) {
        case (let decided?, _): decided
        case (nil, .amount): PruneMask.prunedCount(amount: prune.amount, of: values.count)
        case (nil, .percentile): PlanCompressor.prunedCounts(prune, pooling: [scores])[0]
        }
      guard (0...values.count).contains(count) else {
        throw EngineError(
          .invalidArgument, subject: "layer '\(layer.name)'",
          problem: "\(count) of \(values.count) weights can't be pruned")
      }
      let made = PruneMask(scores: scores, prunedCount: count)
      if count > 0 {
        made.keeps.withUnsafeBufferPointer { keeps in
          values.withUnsafeMutableBufferPointer { values in
            for index in values.indices where !keeps[index] { values[index] = 0 }
          }
        }
      }
      mask = made
    }
    let quantized = setting.weights.map { quantization in
      let layout = ScaleLayout(quantization.granularity, for: layer)
      return switch quantization.scheme {
      case .symmetric:
        SymmetricQuantizer(bits: quantization.bits).quantize(values, layout: layout)
      case .asymmetric:
        AsymmetricQuantizer(bits: quantization.bits).quantize(values, layout: layout)
      }
    }
    if let floats = quantized?.dequantized.array(of: Float.self),
      floats.contains(where: { !$0.isFinite })
    {
      throw EngineError(
        .notFinite, subject: "layer '\(layer.name)'",
        problem: "its weights are so large that their codes stand for infinite numbers",
        remedy: "Leave the layer alone (set it to null in the plan), or repair the model")
    }
    return result(
      layer, setting, mask: mask, quantized: quantized,
      dequantized: quantized?.dequantized ?? Tensor(layer.shape, values))
  }

  private static func result(
    _ layer: CompressibleLayer, _ setting: LayerSetting, mask: PruneMask?,
    quantized: QuantizedWeights?, dequantized: Tensor
  ) -> CompressedWeights {
    let zeros = zeroCount(dequantized)
    return CompressedWeights(
      layer: layer, setting: setting, prunedCount: mask?.prunedCount ?? 0, zeroCount: zeros,
      cutOff: mask?.cutOff, quantized: quantized, dequantized: dequantized,
      size: StoredSize(
        layer: layer, nonzeroCount: layer.parameters - zeros,
        bits: setting.weights?.bits ?? 32, scales: quantized?.scales.count ?? 0,
        zeroPoints: quantized?.zeroPoints?.count ?? 0))
  }

  /// An untouched layer stays in the file as it is: its size is that of its floats, and it may hold
  /// any value.
  private static func untouched(
    _ layer: CompressibleLayer, _ weights: Tensor, _ setting: LayerSetting
  ) -> CompressedWeights {
    let zeros = zeroCount(weights)
    return CompressedWeights(
      layer: layer, setting: setting, prunedCount: 0, zeroCount: zeros, cutOff: nil,
      quantized: nil, dequantized: weights,
      size: StoredSize(
        layer: layer, nonzeroCount: layer.parameters, bits: 32, scales: 0, zeroPoints: 0))
  }

  private static func zeroCount(_ weights: Tensor) -> Int {
    weights.withElements(of: Float.self) { values in
      var zeros = 0
      for value in values where value == 0 { zeros += 1 }
      return zeros
    }
  }

  static func check(_ layer: CompressibleLayer, _ weights: Tensor) throws(EngineError) {
    guard weights.type == .float32, weights.shape == layer.shape else {
      throw EngineError(
        .shapeMismatch, subject: "layer '\(layer.name)'",
        problem:
          "weights are \(weights.type) \(weights.shape), the layer is float32 \(layer.shape)",
        remedy: "Use the weights of the graph that the layer was found in")
    }
  }

  static func checkFinite(_ values: [Float], of layer: CompressibleLayer) throws(EngineError) {
    guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw EngineError(
      .notFinite, subject: "layer '\(layer.name)'",
      problem: "weight \(index) is \(values[index])",
      remedy: "Leave the layer alone (set it to null in the plan), or repair the model")
  }

  private static func check(
    _ setting: LayerSetting, of layer: CompressibleLayer
  ) throws(EngineError) {
    if let quantization = setting.weights {
      guard WeightQuantization.allowedBits.contains(quantization.bits) else {
        throw EngineError(
          .invalidPlan, subject: "layer '\(layer.name)'",
          problem: "\(quantization.bits) bits are not possible", remedy: "Choose 2 to 8, or 16")
      }
      if case .group(let size) = quantization.granularity,
        !WeightQuantization.allowedGroups.contains(size)
      {
        throw EngineError(
          .invalidPlan, subject: "layer '\(layer.name)'",
          problem: "groups of \(size) are not possible", remedy: "Choose 16 to 256")
      }
    }
  }
}
