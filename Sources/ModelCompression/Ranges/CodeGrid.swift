import Tensors

/// The numbers that codes can stand for once a range is chosen.
public enum CodeGrid: Sendable, Hashable {
  /// Integer codes: -(2^(b-1)-1)...2^(b-1)-1 when symmetric, else 0...2^b-1 with a zero point.
  case integers(bits: Int, isSymmetric: Bool)
  /// One of the 8-bit float types, scaled so that the range ends at its largest number.
  case float8(ElementType)

  /// Whether only the larger magnitude of a range counts.
  public var isSymmetric: Bool {
    switch self {
    case .integers(_, let isSymmetric): isSymmetric
    case .float8: true
    }
  }

  /// Scale and zero point for a range, in float32.
  ///
  /// Symmetric: max(|low|, |high|) / highest code, zero point 0. Asymmetric: the range is widened to
  /// hold 0, scale = (high - low) / (2^b - 1), zero point = clamp(round-half-even(-low / scale)). A
  /// scale that would be 0 is 1.
  public func parameters(for range: ValueRange) -> (scale: Float, zeroPoint: Float) {
    switch self {
    case .integers(let bits, isSymmetric: true):
      return (Self.usable(range.magnitude / Float((1 << (bits - 1)) - 1)), 0)
    case .integers(let bits, isSymmetric: false):
      let highest = Float((1 << bits) - 1)
      let range = range.holdingZero
      var scale = (range.high - range.low) / highest
      if !scale.isFinite { scale = range.high / highest - range.low / highest }
      scale = Self.usable(scale)
      return (scale, max(min((-range.low / scale).rounded(.toNearestOrEven), highest), 0))
    case .float8(let type):
      return (Self.usable(range.magnitude / (Float8(type)?.largest ?? 1)), 0)
    }
  }

  private static func usable(_ scale: Float) -> Float { scale > 0 ? scale : 1 }

  /// What becomes of numbers that are encoded and decoded with these parameters.
  public func decoder(scale: Float, zeroPoint: Float) -> (Float) -> Float {
    switch self {
    case .integers(let bits, let isSymmetric):
      let highest = Float(isSymmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1)
      let lowest = isSymmetric ? -highest : 0
      return { value in
        let code = (value / scale).rounded(.toNearestOrEven) + zeroPoint
        return (min(max(code, lowest), highest) - zeroPoint) * scale
      }
    case .float8(let type):
      guard let format = Float8(type) else { return { $0 } }
      return { format.decode(format.encode($0 / scale)) * scale }
    }
  }
}
