import Tensors

/// An element type that arithmetic is defined for, with the type it is calculated in: itself, or
/// `Float` for the 16-bit floats.
protocol NumberScalar: TensorScalar {
  /// The type of calculation.
  associatedtype Work: WorkNumber
  /// The value for calculating; exact.
  var work: Work { get }
  /// Rounds a result to the element type.
  init(work: Work)
  /// Converts with C semantics, rounding once: floats truncate toward zero when this is an integer,
  /// integers wrap.
  init<N: WorkNumber>(converting value: N)
}

/// A floating-point element type.
protocol RealScalar: NumberScalar where Work: RealWork {}

extension NumberScalar where Self: WorkNumber {
  var work: Self { self }
  init(work: Self) { self = work }
}

extension NumberScalar where Self: TensorInteger {
  init<N: WorkNumber>(converting value: N) {
    if let bits = value.integerBits {
      self = Self(truncatingIfNeeded: bits)
    } else {
      self = Self.converting(value.double)
    }
  }
}

extension Int8: NumberScalar {}
extension Int16: NumberScalar {}
extension Int32: NumberScalar {}
extension Int64: NumberScalar {}
extension UInt8: NumberScalar {}
extension UInt16: NumberScalar {}
extension UInt32: NumberScalar {}
extension UInt64: NumberScalar {}

extension Float: RealScalar {
  init<N: WorkNumber>(converting value: N) { self = value.float }
}

extension Double: RealScalar {
  init<N: WorkNumber>(converting value: N) { self = value.double }
}

extension Float16: RealScalar {
  var work: Float { Float(self) }
  init(work: Float) { self = Float16(work) }
  init<N: WorkNumber>(converting value: N) { self = Float16(value.double) }
}

extension BFloat16: RealScalar {
  var work: Float { float }
  init(work: Float) { self = BFloat16(work) }
  init<N: WorkNumber>(converting value: N) { self = BFloat16(value.float) }
}
