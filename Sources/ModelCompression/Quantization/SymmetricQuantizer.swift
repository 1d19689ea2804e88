import Tensors

/// Symmetric quantization: zero point 0 and codes -(2^(b-1)-1)...2^(b-1)-1.
///
/// In float32 throughout: scale = max|w| / (2^(b-1)-1), code = clamp(round-half-even(w / scale)),
/// value = code x scale. A scale that would be 0 (all weights zero, or so small that the division
/// underflows) is 1. Zeros stay exactly zero.
struct SymmetricQuantizer {
  /// Bits of a code, 2...16.
  let bits: Int

  /// Quantizes finite weights.
  func quantize(_ weights: [Float], layout: ScaleLayout) -> QuantizedWeights {
    bits <= 8
      ? quantize(weights, layout, as: Int8.self) : quantize(weights, layout, as: Int16.self)
  }

  private func quantize<Code: TensorInteger>(
    _ weights: [Float], _ layout: ScaleLayout, as type: Code.Type
  ) -> QuantizedWeights {
    let limit = Float((1 << (bits - 1)) - 1)
    let scales = self.scales(weights, layout, limit: limit)
    var dequantized: Tensor?
    let codes = Tensor.building(layout.weightShape, of: type) { codes in
      dequantized = Tensor.building(layout.weightShape, of: Float.self) { values in
        weights.withUnsafeBufferPointer { weights in
          scales.withUnsafeBufferPointer { scales in
            layout.forEachRun { run, first, step in
              var scaleIndex = first
              for index in run {
                let scale = scales[scaleIndex]
                scaleIndex += step
                let rounded = (weights[index] / scale).rounded(.toNearestOrEven)
                let code = Code(max(min(rounded, limit), -limit))
                codes.initializeElement(at: index, to: code)
                values.initializeElement(at: index, to: Float(code) * scale)
              }
            }
          }
        }
      }
    }
    return QuantizedWeights(
      codes: codes, scales: Tensor(layout.shape, scales), zeroPoints: nil,
      dequantized: dequantized ?? Tensor(layout.weightShape, weights), layout: layout)
  }

  private func scales(_ weights: [Float], _ layout: ScaleLayout, limit: Float) -> [Float] {
    var largest = [Float](repeating: 0, count: layout.count)
    largest.withUnsafeMutableBufferPointer { largest in
      weights.withUnsafeBufferPointer { weights in
        layout.forEachRun { run, first, step in
          if step == 0 {
            var most = largest[first]
            for index in run { most = max(most, weights[index].magnitude) }
            largest[first] = most
          } else {
            for (offset, index) in run.enumerated() {
              largest[first + offset] = max(largest[first + offset], weights[index].magnitude)
            }
          }
        }
      }
    }
    return largest.map { value in
      let scale = value / limit
      return scale > 0 ? scale : 1
    }
  }
}
