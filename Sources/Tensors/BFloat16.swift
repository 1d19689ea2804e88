/// A 16-bit float with the exponent range of `Float` and 8 bits of precision.
public struct BFloat16: Sendable, Hashable, BitwiseCopyable {
  /// The upper half of the bits of the equivalent `Float`.
  public var bitPattern: UInt16

  /// Makes a value from its bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// Rounds half to even; NaN stays NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
    } else {
      let rounding = 0x7FFF + ((bits >> 16) & 1)
      bitPattern = UInt16(truncatingIfNeeded: (bits &+ rounding) >> 16)
    }
  }

  /// The same value as a `Float`; exact.
  public var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }
}
