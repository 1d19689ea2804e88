#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Functions of the C library, in the one file that imports it.
enum RealMath {
  #if canImport(Glibc)
  /// The decimal logarithm.
  static func log10(_ value: Double) -> Double { Glibc.log10(value) }
  /// The natural logarithm.
  static func log(_ value: Double) -> Double { Glibc.log(value) }
  /// log(1 + value), exact for small values.
  static func log1p(_ value: Double) -> Double { Glibc.log1p(value) }
  /// e to the power of `value`.
  static func exp(_ value: Double) -> Double { Glibc.exp(value) }
  /// `base` to the power of `exponent`.
  static func pow(_ base: Double, _ exponent: Double) -> Double { Glibc.pow(base, exponent) }
  /// The cosine of an angle in radians.
  static func cos(_ angle: Double) -> Double { Glibc.cos(angle) }
  #elseif canImport(Musl)
  static func log10(_ value: Double) -> Double { Musl.log10(value) }
  static func log(_ value: Double) -> Double { Musl.log(value) }
  static func log1p(_ value: Double) -> Double { Musl.log1p(value) }
  static func exp(_ value: Double) -> Double { Musl.exp(value) }
  static func pow(_ base: Double, _ exponent: Double) -> Double { Musl.pow(base, exponent) }
  static func cos(_ angle: Double) -> Double { Musl.cos(angle) }
  #else
  static func log10(_ value: Double) -> Double { Darwin.log10(value) }
  static func log(_ value: Double) -> Double { Darwin.log(value) }
  static func log1p(_ value: Double) -> Double { Darwin.log1p(value) }
  static func exp(_ value: Double) -> Double { Darwin.exp(value) }
  static func pow(_ base: Double, _ exponent: Double) -> Double { Darwin.pow(base, exponent) }
  static func cos(_ angle: Double) -> Double { Darwin.cos(angle) }
  #endif
}
