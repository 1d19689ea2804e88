import Tensors

/// Compressed weights with the right types and shapes but without values: what an exporter that only
/// counts bytes needs.
///
/// Sizes of files then come from the code that writes them, without making the codes first.
public struct WeightStandIn: Sendable {
  /// Memory that is never written or read, so that the system never provides it.
  private let storage: TensorStorage

  /// Stand-ins for the layers of a model.
  public init(largestLayer parameters: Int) {
    storage = TensorStorage(byteCount: max(parameters, 1) * 4) { _ in }
  }

  /// What stands for one layer's result; only its types and shapes may be looked at.
  public func weights(
    _ prepared: PreparedWeights, _ setting: LayerSetting, _ measure: LayerMeasure
  ) -> CompressedWeights {
    let layer = prepared.layer
    func tensor(_ type: ElementType, _ shape: [Int]) -> Tensor {
      Tensor(type: type, shape: shape, storage: storage)
    }
    let quantized = setting.weights.flatMap { quantization -> QuantizedWeights? in
      guard let scheme = SchemeRegistry.standard[quantization.scheme.rawValue] else { return nil }
      let form = scheme.form(quantization, for: layer)
      return QuantizedWeights(
        form: form, codes: tensor(form.codes, layer.shape),
        scales: tensor(.float32, form.scaleShape),
        zeroPoints: form.hasZeroPoints ? tensor(form.codes, form.layout.shape) : nil,
        palettes: form.paletteLength > 0 ? tensor(.float32, form.paletteShape) : nil,
        dequantized: tensor(.float32, layer.shape))
    }
    return CompressedWeights(
      layer: layer, setting: setting, prunedCount: measure.prunedCount,
      zeroCount: measure.zeroCount ?? 0, cutOff: nil, quantized: quantized,
      dequantized: tensor(.float32, layer.shape), size: measure.size, sqnr: .infinity)
  }
}
