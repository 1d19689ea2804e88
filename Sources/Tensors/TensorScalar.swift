/// A Swift type that is the memory form of one tensor element type.
public protocol TensorScalar: BitwiseCopyable, Sendable, Equatable {
  /// The element type that this Swift type stores.
  static var elementType: ElementType { get }
  /// The zero of the type.
  static var zeroValue: Self { get }
  /// The value as a `Double`, rounded to nearest.
  var asDouble: Double { get }
  /// Converts with C semantics: floats truncate toward zero when `Self` is an integer, integers wrap.
  static func converting(_ value: Double) -> Self
}

extension Float: TensorScalar {
  /// `float32`.
  public static var elementType: ElementType { .float32 }
  /// 0.
  public static var zeroValue: Float { 0 }
  /// The value, exact.
  public var asDouble: Double { Double(self) }
  /// Rounds to nearest.
  public static func converting(_ value: Double) -> Float { Float(value) }
}

extension Double: TensorScalar {
  /// `float64`.
  public static var elementType: ElementType { .float64 }
  /// 0.
  public static var zeroValue: Double { 0 }
  /// The value itself.
  public var asDouble: Double { self }
  /// The value itself.
  public static func converting(_ value: Double) -> Double { value }
}

extension Float16: TensorScalar {
  /// `float16`.
  public static var elementType: ElementType { .float16 }
  /// 0.
  public static var zeroValue: Float16 { 0 }
  /// The value, exact.
  public var asDouble: Double { Double(self) }
  /// Rounds to nearest.
  public static func converting(_ value: Double) -> Float16 { Float16(value) }
}

extension BFloat16: TensorScalar {
  /// `bfloat16`.
  public static var elementType: ElementType { .bfloat16 }
  /// 0.
  public static var zeroValue: BFloat16 { BFloat16(bitPattern: 0) }
  /// The value, exact.
  public var asDouble: Double { Double(float) }
  /// Rounds to nearest, by way of `Float`.
  public static func converting(_ value: Double) -> BFloat16 { BFloat16(Float(value)) }
}

extension Bool: TensorScalar {
  /// `bool`.
  public static var elementType: ElementType { .bool }
  /// False.
  public static var zeroValue: Bool { false }
  /// 1 for true, 0 for false.
  public var asDouble: Double { self ? 1 : 0 }
  /// True unless zero.
  public static func converting(_ value: Double) -> Bool { value != 0 }
}

/// An integer type that tensors can hold.
public protocol TensorInteger: TensorScalar, FixedWidthInteger {}

extension TensorInteger {
  /// 0.
  public static var zeroValue: Self { 0 }
  /// The value, rounded to nearest where 53 bits are not enough.
  public var asDouble: Double { Double(self) }
  /// Truncates toward zero, then wraps; NaN becomes 0, values beyond 64 bits saturate first.
  public static func converting(_ value: Double) -> Self {
    if value.isNaN { return 0 }
    if value >= 9.223372036854775807e18 {
      return Self(
        truncatingIfNeeded: value >= 1.8446744073709551615e19 ? UInt64.max : UInt64(value))
    }
    if value <= -9.223372036854775808e18 { return Self(truncatingIfNeeded: Int64.min) }
    return Self(truncatingIfNeeded: Int64(value))
  }
}

extension Int8: TensorInteger {
  /// `int8`.
  public static var elementType: ElementType { .int8 }
}
extension Int16: TensorInteger {
  /// `int16`.
  public static var elementType: ElementType { .int16 }
}
extension Int32: TensorInteger {
  /// `int32`.
  public static var elementType: ElementType { .int32 }
}
extension Int64: TensorInteger {
  /// `int64`.
  public static var elementType: ElementType { .int64 }
}
extension UInt8: TensorInteger {
  /// `uint8`.
  public static var elementType: ElementType { .uint8 }
}
extension UInt16: TensorInteger {
  /// `uint16`.
  public static var elementType: ElementType { .uint16 }
}
extension UInt32: TensorInteger {
  /// `uint32`.
  public static var elementType: ElementType { .uint32 }
}
extension UInt64: TensorInteger {
  /// `uint64`.
  public static var elementType: ElementType { .uint64 }
}
