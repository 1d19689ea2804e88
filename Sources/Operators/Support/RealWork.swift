import Foundation

/// `Float` or `Double`, with the functions of the C library in that precision.
protocol RealWork: WorkNumber, BinaryFloatingPoint {
  static func exp(_ value: Self) -> Self
  static func log(_ value: Self) -> Self
  static func log1p(_ value: Self) -> Self
  static func pow(_ base: Self, _ exponent: Self) -> Self
  static func sin(_ value: Self) -> Self
  static func cos(_ value: Self) -> Self
  static func tan(_ value: Self) -> Self
  static func asin(_ value: Self) -> Self
  static func acos(_ value: Self) -> Self
  static func atan(_ value: Self) -> Self
  static func sinh(_ value: Self) -> Self
  static func cosh(_ value: Self) -> Self
  static func tanh(_ value: Self) -> Self
  static func asinh(_ value: Self) -> Self
  static func acosh(_ value: Self) -> Self
  static func atanh(_ value: Self) -> Self
  static func erf(_ value: Self) -> Self
}

extension RealWork {
  var widened: Double { Double(self) }
  static func narrowing(_ value: Double) -> Self { Self(value) }
  static var nought: Self { 0 }
  static var unit: Self { 1 }
  static var lowest: Self { -.infinity }
  static var highest: Self { .infinity }
  static func sum(_ left: Self, _ right: Self) -> Self { left + right }
  static func difference(_ left: Self, _ right: Self) -> Self { left - right }
  static func product(_ left: Self, _ right: Self) -> Self { left * right }
  static func quotient(_ left: Self, _ right: Self) -> Self { left / right }
  static func modulo(_ left: Self, _ right: Self) -> Self {
    let rest = left.truncatingRemainder(dividingBy: right)
    return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest
  }
  static func remainder(_ left: Self, _ right: Self) -> Self {
    left.truncatingRemainder(dividingBy: right)
  }
  static func minimum(_ left: Self, _ right: Self) -> Self {
    left < right || left.isNaN ? left : right
  }
  static func maximum(_ left: Self, _ right: Self) -> Self {
    left > right || left.isNaN ? left : right
  }
  static func absolute(_ value: Self) -> Self { value.magnitude }
  static func negated(_ value: Self) -> Self { -value }
  var isNotNumber: Bool { isNaN }
  var double: Double { Double(self) }
  var float: Float { Float(self) }
  var integerBits: Int64? { nil }
  static func from(_ value: Double) -> Self { Self(value) }
}

extension Float: RealWork {
  static func exp(_ value: Float) -> Float { Foundation.exp(value) }
  static func log(_ value: Float) -> Float { Foundation.log(value) }
  static func log1p(_ value: Float) -> Float { Foundation.log1p(value) }
  static func pow(_ base: Float, _ exponent: Float) -> Float { Foundation.pow(base, exponent) }
  static func sin(_ value: Float) -> Float { Foundation.sin(value) }
  static func cos(_ value: Float) -> Float { Foundation.cos(value) }
  static func tan(_ value: Float) -> Float { Foundation.tan(value) }
  static func asin(_ value: Float) -> Float { Foundation.asin(value) }
  static func acos(_ value: Float) -> Float { Foundation.acos(value) }
  static func atan(_ value: Float) -> Float { Foundation.atan(value) }
  static func sinh(_ value: Float) -> Float { Foundation.sinh(value) }
  static func cosh(_ value: Float) -> Float { Foundation.cosh(value) }
  static func tanh(_ value: Float) -> Float { Foundation.tanh(value) }
  static func asinh(_ value: Float) -> Float { Foundation.asinh(value) }
  static func acosh(_ value: Float) -> Float { Foundation.acosh(value) }
  static func atanh(_ value: Float) -> Float { Foundation.atanh(value) }
  static func erf(_ value: Float) -> Float { Foundation.erf(value) }
}

extension Double: RealWork {
  static func exp(_ value: Double) -> Double { Foundation.exp(value) }
  static func log(_ value: Double) -> Double { Foundation.log(value) }
  static func log1p(_ value: Double) -> Double { Foundation.log1p(value) }
  static func pow(_ base: Double, _ exponent: Double) -> Double { Foundation.pow(base, exponent) }
  static func sin(_ value: Double) -> Double { Foundation.sin(value) }
  static func cos(_ value: Double) -> Double { Foundation.cos(value) }
  static func tan(_ value: Double) -> Double { Foundation.tan(value) }
  static func asin(_ value: Double) -> Double { Foundation.asin(value) }
  static func acos(_ value: Double) -> Double { Foundation.acos(value) }
  static func atan(_ value: Double) -> Double { Foundation.atan(value) }
  static func sinh(_ value: Double) -> Double { Foundation.sinh(value) }
  static func cosh(_ value: Double) -> Double { Foundation.cosh(value) }
  static func tanh(_ value: Double) -> Double { Foundation.tanh(value) }
  static func asinh(_ value: Double) -> Double { Foundation.asinh(value) }
  static func acosh(_ value: Double) -> Double { Foundation.acosh(value) }
  static func atanh(_ value: Double) -> Double { Foundation.atanh(value) }
  static func erf(_ value: Double) -> Double { Foundation.erf(value) }
}
