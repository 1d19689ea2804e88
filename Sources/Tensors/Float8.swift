/// One of the 8-bit float formats of ONNX (from the OCP and Graphcore proposals), as a codec.
public struct Float8: Sendable, Hashable {
  private let exponentBits: Int
  private let bias: Int
  private let isUnsignedZero: Bool
  private let hasInfinity: Bool

  /// The codec of a float8 element type; nil for every other type.
  public init?(_ type: ElementType) {
    switch type {
    case .float8e4m3fn: (exponentBits, bias, isUnsignedZero, hasInfinity) = (4, 7, false, false)
    case .float8e4m3fnuz: (exponentBits, bias, isUnsignedZero, hasInfinity) = (4, 8, true, false)
    case .float8e5m2: (exponentBits, bias, isUnsignedZero, hasInfinity) = (5, 15, false, true)
    case .float8e5m2fnuz: (exponentBits, bias, isUnsignedZero, hasInfinity) = (5, 16, true, false)
    default: return nil
    }
  }

  private var mantissaBits: Int { 7 - exponentBits }

  /// The value of a code; exact.
  public func decode(_ code: UInt8) -> Float {
    let negative = code & 0x80 != 0
    let exponent = Int(code & 0x7F) >> mantissaBits
    let mantissa = Int(code) & ((1 << mantissaBits) - 1)
    let topExponent = (1 << exponentBits) - 1
    if isUnsignedZero {
      if code == 0x80 { return .nan }
    } else if hasInfinity, exponent == topExponent {
      return mantissa == 0 ? (negative ? -.infinity : .infinity) : .nan
    } else if !hasInfinity, code & 0x7F == 0x7F {
      return .nan
    }
    let step = Float(sign: .plus, exponent: max(exponent, 1) - bias - mantissaBits, significand: 1)
    let units = exponent == 0 ? mantissa : mantissa + (1 << mantissaBits)
    let magnitude = Float(units) * step
    return negative ? -magnitude : magnitude
  }

  /// The largest finite magnitude.
  public var largest: Float {
    let code: UInt8 = isUnsignedZero ? 0x7F : (hasInfinity ? 0x7B : 0x7E)
    return decode(code)
  }

  /// The nearest code, ties to even; beyond the range it saturates, or becomes infinity or NaN
  /// (ONNX Cast, table of `saturate`).
  public func encode(_ value: Float, saturating: Bool = true) -> UInt8 {
    let sign: UInt8 = value.sign == .minus ? 0x80 : 0
    let nan: UInt8 = isUnsignedZero ? 0x80 : (sign | 0x7F)
    if value.isNaN { return nan }
    let magnitude = value.magnitude
    let overflow: UInt8 =
      hasInfinity ? sign | UInt8(((1 << exponentBits) - 1) << mantissaBits) : nan
    let largestCode: UInt8 = sign | (isUnsignedZero ? 0x7F : (hasInfinity ? 0x7B : 0x7E))
    if magnitude.isInfinite { return saturating ? largestCode : overflow }
    if magnitude == 0 { return isUnsignedZero ? 0 : sign }
    let exponent = max(Int(magnitude.exponent), 1 - bias)
    let step = Float(sign: .plus, exponent: exponent - mantissaBits, significand: 1)
    let units = Int((magnitude / step).rounded(.toNearestOrEven))
    // A carry out of the mantissa moves to the next exponent by itself: codes are in order.
    let code = units + (exponent + bias - 1) * (1 << mantissaBits)
    if Float(units) * step > largest { return saturating ? largestCode : overflow }
    if code == 0 { return isUnsignedZero ? 0 : sign }
    return sign | UInt8(code)
  }
}
