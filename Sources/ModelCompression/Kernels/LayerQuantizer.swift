import NetworkGraph
import Tensors

/// The scales and zero points of a layer's weights, and what they make of a run of weights.
///
/// In float32 throughout, rounding half to even. Symmetric: zero point 0, codes
/// -(2^(b-1)-1)...2^(b-1)-1, scale = max|w| / (2^(b-1)-1), code = clamp(round(w / scale)).
/// Asymmetric: codes 0...2^b-1; the range min...max is widened to hold 0,
/// scale = (max - min) / (2^b - 1), zero point = clamp(round(-min / scale)),
/// code = clamp(round(w / scale) + zero point); a range beyond the largest float is divided before it
/// is subtracted. The value is (code - zero point) x scale. A scale that would be 0 is 1. Pruned
/// weights take no part in the range, and zeros stay exactly zero.
struct LayerQuantizer {
  /// Which scale belongs to which weight.
  let layout: ScaleLayout
  let scheme: WeightQuantization.Scheme
  /// Bits of a code, 2...16.
  let bits: Int
  /// The scales in the layout's order.
  let scales: [Float]
  /// The zero points as floats; all 0 when symmetric.
  let zeroPoints: [Float]
  /// The highest code.
  let highest: Float
  /// The lowest code.
  var lowest: Float { scheme == .symmetric ? -highest : 0 }

  /// Finds the range of every scale's weights.
  init(
    _ quantization: WeightQuantization, layer: CompressibleLayer, weights: Tensor, cut: PruneCut,
    isCancelled: () -> Bool
  ) throws {
    layout = ScaleLayout(quantization.granularity, for: layer)
    scheme = quantization.scheme
    bits = quantization.bits
    let highest = Float(
      quantization.scheme == .symmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1)
    self.highest = highest
    let ranges = try WeightRanges(
      weights, layout: layout, cut: cut, isSigned: quantization.scheme == .asymmetric,
      isCancelled: isCancelled)
    switch quantization.scheme {
    case .symmetric:
      scales = ranges.high.map { bits in
        let scale = Float(bitPattern: bits) / highest
        return scale > 0 ? scale : 1
      }
      zeroPoints = [Float](repeating: 0, count: scales.count)
    case .asymmetric:
      var scales: [Float] = []
      var zeroPoints: [Float] = []
      for (highBits, lowBits) in zip(ranges.high, ranges.low) {
        let high = Float(bitPattern: highBits)
        let low = lowBits == 0 ? 0 : -Float(bitPattern: lowBits)
        var scale = (high - low) / highest
        if !scale.isFinite { scale = high / highest - low / highest }
        if !(scale > 0) { scale = 1 }
        scales.append(scale)
        zeroPoints.append(max(min((-low / scale).rounded(.toNearestOrEven), highest), 0))
      }
      self.scales = scales
      self.zeroPoints = zeroPoints
    }
  }

  /// Whether some code may stand for an infinite number.
  var mayOverflow: Bool {
    zip(scales, zeroPoints).contains { scale, zero in
      !((highest - zero) * scale).isFinite || !((lowest - zero) * scale).isFinite
    }
  }

  /// How many of the weights become zero; `scale` and `step` as ``ScaleLayout`` gives them.
  @inline(__always)
  func zeroCount(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scale: Int, step: Int
  ) -> Int {
    scales.withUnsafeBufferPointer { scales in
      zeroPoints.withUnsafeBufferPointer { zeros in
        switch (scheme, step) {
        case (.symmetric, 0):
          WeightKernels.zeroCount(weights, bound: bound, scale: scales[scale])
        case (.symmetric, _):
          WeightKernels.zeroCount(
            weights, bound: bound, scales: UnsafeBufferPointer(rebasing: scales[scale...]))
        case (.asymmetric, 0):
          WeightKernels.zeroCount(
            weights, bound: bound, scale: scales[scale], zero: zeros[scale], highest: highest)
        case (.asymmetric, _):
          WeightKernels.zeroCount(
            weights, bound: bound, scales: UnsafeBufferPointer(rebasing: scales[scale...]),
            zeros: UnsafeBufferPointer(rebasing: zeros[scale...]), highest: highest)
        }
      }
    }
  }

  /// Writes codes and values of the weights.
  @inline(__always)
  func apply<Code: TensorInteger>(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scale: Int, step: Int,
    codes: UnsafeMutablePointer<Code>, values: UnsafeMutablePointer<Float>
  ) {
    scales.withUnsafeBufferPointer { scales in
      zeroPoints.withUnsafeBufferPointer { zeros in
        if step == 0 {
          WeightKernels.quantize(
            weights, bound: bound, scale: scales[scale], zero: zeros[scale], lowest: lowest,
            highest: highest, codes: codes, values: values)
        } else {
          WeightKernels.quantize(
            weights, bound: bound, scales: UnsafeBufferPointer(rebasing: scales[scale...]),
            zeros: UnsafeBufferPointer(rebasing: zeros[scale...]), lowest: lowest,
            highest: highest, codes: codes, values: values)
        }
      }
    }
  }

  /// Codes and values as the compressed weights hold them.
  func result(codes: Tensor, values: Tensor) -> QuantizedWeights {
    QuantizedWeights(
      codes: codes, scales: Tensor(layout.shape, scales), zeroPoints: zeroPointTensor,
      dequantized: values, layout: layout)
  }

  private var zeroPointTensor: Tensor? {
    guard scheme == .asymmetric else { return nil }
    return bits <= 8
      ? Tensor(layout.shape, zeroPoints.map { UInt8($0) })
      : Tensor(layout.shape, zeroPoints.map { UInt16($0) })
  }
}
