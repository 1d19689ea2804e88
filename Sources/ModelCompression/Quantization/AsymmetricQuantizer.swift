import Tensors

/// Asymmetric quantization: codes 0...2^b-1 with a zero point that stands for exactly 0.
///
/// In float32 throughout: the range min...max is widened to hold 0,
/// scale = (max - min) / (2^b - 1), zero point = clamp(round-half-even(-min / scale)),
/// code = clamp(round-half-even(w / scale) + zero point), value = (code - zero point) x scale. A scale
/// that would be 0 is 1; a range beyond the largest float is divided before it is subtracted. Zeros
/// stay exactly zero.
struct AsymmetricQuantizer {
  /// Bits of a code, 2...16.
  let bits: Int

  /// Quantizes finite weights.
  func quantize(_ weights: [Float], layout: ScaleLayout) -> QuantizedWeights {
    bits <= 8
      ? quantize(weights, layout, as: UInt8.self) : quantize(weights, layout, as: UInt16.self)
  }

  private struct Parameters {
    var scale: Float
    var zeroPoint: Float
  }

  private func quantize<Code: TensorInteger>(
    _ weights: [Float], _ layout: ScaleLayout, as type: Code.Type
  ) -> QuantizedWeights {
    let limit = Float((1 << bits) - 1)
    let parameters = self.parameters(weights, layout, limit: limit)
    var dequantized: Tensor?
    let codes = Tensor.building(layout.weightShape, of: type) { codes in
      dequantized = Tensor.building(layout.weightShape, of: Float.self) { values in
        weights.withUnsafeBufferPointer { weights in
          parameters.withUnsafeBufferPointer { parameters in
            layout.forEachRun { run, first, step in
              var parameterIndex = first
              for index in run {
                let (scale, zero) = (
                  parameters[parameterIndex].scale, parameters[parameterIndex].zeroPoint
                )
                parameterIndex += step
                let rounded = (weights[index] / scale).rounded(.toNearestOrEven) + zero
                let code = max(min(rounded, limit), 0)
                codes.initializeElement(at: index, to: Code(code))
                values.initializeElement(at: index, to: (code - zero) * scale)
              }
            }
          }
        }
      }
    }
    return QuantizedWeights(
      codes: codes, scales: Tensor(layout.shape, parameters.map(\.scale)),
      zeroPoints: Tensor(layout.shape, parameters.map { Code($0.zeroPoint) }),
      dequantized: dequantized ?? Tensor(layout.weightShape, weights), layout: layout)
  }

  private func parameters(
    _ weights: [Float], _ layout: ScaleLayout, limit: Float
  ) -> [Parameters] {
    var ranges = [(low: Float, high: Float)](repeating: (0, 0), count: layout.count)
    ranges.withUnsafeMutableBufferPointer { ranges in
      weights.withUnsafeBufferPointer { weights in
        layout.forEachRun { run, first, step in
          var rangeIndex = first
          for index in run {
            let weight = weights[index]
            if weight < ranges[rangeIndex].low { ranges[rangeIndex].low = weight }
            if weight > ranges[rangeIndex].high { ranges[rangeIndex].high = weight }
            rangeIndex += step
          }
        }
      }
    }
    return ranges.map { low, high in
      var scale = (high - low) / limit
      if !scale.isFinite { scale = high / limit - low / limit }
      if !(scale > 0) { scale = 1 }
      let zero = (-low / scale).rounded(.toNearestOrEven)
      return Parameters(scale: scale, zeroPoint: max(min(zero, limit), 0))
    }
  }
}
