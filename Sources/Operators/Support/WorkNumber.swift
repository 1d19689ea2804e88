import Foundation
import Tensors

/// A number type that kernels calculate in: the integers exactly, with wrap-around, and `Float` and
/// `Double`.
///
/// The 16-bit floats are not among them: they are calculated in `Float` and rounded
/// (``NumberScalar``).
protocol WorkNumber: Comparable, BitwiseCopyable, Sendable {
  /// The type that sums and products of many elements are kept in: `Double` for floats.
  associatedtype Accumulator: WorkNumber
  /// The value as its accumulator; exact.
  var widened: Accumulator { get }
  /// An accumulator's value rounded.
  static func narrowing(_ value: Accumulator) -> Self
  /// 0.
  static var nought: Self { get }
  /// 1.
  static var unit: Self { get }
  /// The least value: the negative infinity of floats.
  static var lowest: Self { get }
  /// The greatest value: the infinity of floats.
  static var highest: Self { get }
  /// `left + right`; integers wrap.
  static func sum(_ left: Self, _ right: Self) -> Self
  /// `left - right`; integers wrap.
  static func difference(_ left: Self, _ right: Self) -> Self
  /// `left * right`; integers wrap.
  static func product(_ left: Self, _ right: Self) -> Self
  /// `left / right`; integers truncate, and divided by 0 give 0.
  static func quotient(_ left: Self, _ right: Self) -> Self
  /// The remainder with the sign of the divisor, as in Python.
  static func modulo(_ left: Self, _ right: Self) -> Self
  /// The remainder with the sign of the dividend, as C's `fmod`.
  static func remainder(_ left: Self, _ right: Self) -> Self
  /// The lesser; NaN if either is.
  static func minimum(_ left: Self, _ right: Self) -> Self
  /// The greater; NaN if either is.
  static func maximum(_ left: Self, _ right: Self) -> Self
  /// The absolute value; integers wrap.
  static func absolute(_ value: Self) -> Self
  /// `-value`; integers wrap.
  static func negated(_ value: Self) -> Self
  /// Whether the value is not a number.
  var isNotNumber: Bool { get }
  /// The value rounded to `Double`.
  var double: Double { get }
  /// The value rounded to `Float`, at once.
  var float: Float { get }
  /// The lowest 64 bits of an integer; nil for floats.
  var integerBits: Int64? { get }
  /// Converts with C semantics.
  static func from(_ value: Double) -> Self
}

extension WorkNumber where Self: TensorInteger {
  var widened: Self { self }
  static func narrowing(_ value: Self) -> Self { value }
  static var nought: Self { 0 }
  static var unit: Self { 1 }
  static var lowest: Self { .min }
  static var highest: Self { .max }
  static func sum(_ left: Self, _ right: Self) -> Self { left &+ right }
  static func difference(_ left: Self, _ right: Self) -> Self { left &- right }
  static func product(_ left: Self, _ right: Self) -> Self { left &* right }
  static func quotient(_ left: Self, _ right: Self) -> Self {
    right == 0 ? 0 : left.dividedReportingOverflow(by: right).partialValue
  }
  static func modulo(_ left: Self, _ right: Self) -> Self {
    let rest = remainder(left, right)
    return rest != 0 && (rest < 0) != (right < 0) ? rest &+ right : rest
  }
  static func remainder(_ left: Self, _ right: Self) -> Self {
    right == 0 ? 0 : left.remainderReportingOverflow(dividingBy: right).partialValue
  }
  static func minimum(_ left: Self, _ right: Self) -> Self { left < right ? left : right }
  static func maximum(_ left: Self, _ right: Self) -> Self { left > right ? left : right }
  static func absolute(_ value: Self) -> Self { value < 0 ? 0 &- value : value }
  static func negated(_ value: Self) -> Self { 0 &- value }
  var isNotNumber: Bool { false }
  var double: Double { Double(self) }
  var float: Float { Float(self) }
  var integerBits: Int64? { Int64(truncatingIfNeeded: self) }
  static func from(_ value: Double) -> Self { converting(value) }
}

extension Int8: WorkNumber {}
extension Int16: WorkNumber {}
extension Int32: WorkNumber {}
extension Int64: WorkNumber {}
extension UInt8: WorkNumber {}
extension UInt16: WorkNumber {}
extension UInt32: WorkNumber {}
extension UInt64: WorkNumber {}
