import NetworkGraph
import Tensors

/// The scales and zero points of a layer's integer codes, and what they make of a run of weights.
///
/// In float32 throughout, rounding half to even: code = clamp(round(w / scale) + zero point), value =
/// (code - zero point) x scale. Zeros stay exactly zero.
public struct UniformGrid: WeightGrid {
  /// Types and shapes.
  public let form: QuantizedForm
  /// The scales in the layout's order.
  public let scales: [Float]
  /// The zero points of all places; all 0 when symmetric.
  let zeros: [Float]
  /// The lowest code.
  public let lowest: Float
  /// The highest code.
  public let highest: Float

  /// Which scale belongs to which weight.
  var layout: ScaleLayout { form.layout }
  /// Whether all zero points are 0.
  public var isSymmetric: Bool { !form.hasZeroPoints }
  /// The zero points in the layout's order; empty when symmetric.
  public var zeroPoints: [Float] { isSymmetric ? [] : zeros }

  /// A grid of `bits` bits: symmetric without zero points.
  init(form: QuantizedForm, bits: Int, scales: [Float], zeroPoints: [Float]?) {
    self.form = form
    self.scales = scales
    zeros = zeroPoints ?? [Float](repeating: 0, count: scales.count)
    highest = Float(zeroPoints == nil ? (1 << (bits - 1)) - 1 : (1 << bits) - 1)
    lowest = zeroPoints == nil ? -highest : 0
  }

  /// The same codes with other scales and zero points.
  func with(scales: [Float], zeros: [Float]) -> UniformGrid {
    UniformGrid(self, scales: scales, zeros: zeros)
  }

  private init(_ other: UniformGrid, scales: [Float], zeros: [Float]) {
    (form, lowest, highest) = (other.form, other.lowest, other.highest)
    (self.scales, self.zeros) = (scales, zeros)
  }

  /// clamp(round-half-even(weight / scale) + zero point).
  @inline(__always)
  public func code(_ weight: Float, at place: Int) -> Int32 {
    let code = (weight / scales[place]).rounded(.toNearestOrEven) + zeros[place]
    return Int32(min(max(code, lowest), highest))
  }

  /// (code - zero point) x scale.
  @inline(__always)
  public func value(_ code: Int32, at place: Int) -> Float {
    (Float(code) - zeros[place]) * scales[place]
  }

  /// Whether some code may stand for an infinite number.
  var mayOverflow: Bool {
    zip(scales, zeros).contains { scale, zero in
      !((highest - zero) * scale).isFinite || !((lowest - zero) * scale).isFinite
    }
  }

  /// How many of the weights become zero; `scale` and `step` as ``ScaleLayout`` gives them.
  @inline(__always)
  func zeroCount(
    _ weights: UnsafeBufferPointer<Float>, bound: UInt32, scale: Int, step: Int
  ) -> Int {
    scales.withUnsafeBufferPointer { scales in
      zeros.withUnsafeBufferPointer { zeros in
        switch (isSymmetric, step) {
        case (true, 0):
          WeightKernels.zeroCount(weights, bound: bound, scale: scales[scale])
        case (true, _):
          WeightKernels.zeroCount(
            weights, bound: bound, scales: UnsafeBufferPointer(rebasing: scales[scale...]))
        case (false, 0):
          WeightKernels.zeroCount(
            weights, bound: bound, scale: scales[scale], zero: zeros[scale], highest: highest)
        case (false, _):
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
      zeros.withUnsafeBufferPointer { zeros in
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
}
