/// What rounding floats to integer codes and back makes of them, in one pass.
struct LinearRounding {
  /// The distance of neighbouring codes.
  let scale: Float
  /// The lowest code less the zero point.
  let lowest: Float
  /// The highest code less the zero point.
  let highest: Float

  /// Codes of at least -2^16 and at most 2^16 around their zero point.
  init(scale: Float, lowest: Float, highest: Float) {
    self.scale = scale
    self.lowest = lowest
    self.highest = highest
  }

  /// The rounding of ONNX `DynamicQuantizeLinear`: `uint8` codes for the range that the floats and 0
  /// span; nil when some are not finite.
  init?(spanning values: UnsafePointer<Float>, count: Int) {
    guard let (low, high) = LinearRounding.span(values, count) else { return nil }
    let step = (high - low) / 255
    let scale = step > 0 ? step : 1
    let zeroPoint = min(max((-low / scale).rounded(.toNearestOrEven), 0), 255)
    self.init(scale: scale, lowest: -zeroPoint, highest: 255 - zeroPoint)
  }

  /// `clamp(rint_even(x / scale)) * scale`; NaN becomes 0, as its code is the zero point.
  ///
  /// Clamping comes first: its bounds are whole numbers, so that the order makes no difference, and
  /// numbers below 2^22 are rounded half to even by adding and taking off 1.5 x 2^23.
  func apply(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, count: Int) {
    let magic: Float = 12_582_912
    for index in 0..<count {
      var quotient = source[index] / scale
      quotient = quotient < lowest ? lowest : quotient
      quotient = quotient > highest ? highest : quotient
      quotient = (quotient + magic) - magic
      quotient = quotient == quotient ? quotient : 0
      target[index] = quotient * scale
    }
  }

  private static func span(
    _ values: UnsafePointer<Float>, _ count: Int
  ) -> (low: Float, high: Float)? {
    var low = SIMD8<Float>()
    var high = SIMD8<Float>()
    // 0 x finite is 0, and NaN otherwise.
    var check = SIMD8<Float>()
    let raw = UnsafeRawPointer(values)
    var index = 0
    while index + 8 <= count {
      let next = raw.loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
      low = low.replacing(with: next, where: next .< low)
      high = high.replacing(with: next, where: next .> high)
      check += next * 0
      index += 8
    }
    var (least, most, sum) = (low.min(), high.max(), check.sum())
    while index < count {
      let next = values[index]
      least = next < least ? next : least
      most = next > most ? next : most
      sum += next * 0
      index += 1
    }
    return sum == 0 ? (least, most) : nil
  }
}
