extension ElementType {
  /// Calls `body` with the Swift type that holds this element type in memory; nil for strings and
  /// complex numbers.
  ///
  /// This is how generic kernels are reached from a run-time type.
  public func withScalarType<R>(_ body: (any TensorScalar.Type) throws -> R) rethrows -> R? {
    switch memoryType {
    case .float32: try body(Float.self)
    case .float64: try body(Double.self)
    case .float16: try body(Float16.self)
    case .bfloat16: try body(BFloat16.self)
    case .int8: try body(Int8.self)
    case .int16: try body(Int16.self)
    case .int32: try body(Int32.self)
    case .int64: try body(Int64.self)
    case .uint8: try body(UInt8.self)
    case .uint16: try body(UInt16.self)
    case .uint32: try body(UInt32.self)
    case .uint64: try body(UInt64.self)
    case .bool: try body(Bool.self)
    default: nil
    }
  }
}

extension Tensor {
  /// The elements as doubles, whatever their numeric type (float8 types are decoded by
  /// ``Float8``); empty for strings and complex numbers.
  public var doubles: [Double] {
    if let format = Float8(type) {
      return array(of: UInt8.self).map { Double(format.decode($0)) }
    }
    func read<S: TensorScalar>(_ scalar: S.Type) -> [Double] {
      withElements(of: scalar) { $0.map(\.asDouble) }
    }
    return type.withScalarType { read($0) } ?? []
  }

  /// The elements as 32-bit floats, whatever their numeric type.
  public var floats: [Float] {
    type == .float32 ? array(of: Float.self) : doubles.map { Float($0) }
  }

  /// The elements of an integer or bool tensor as `Int` (exact for 64-bit, unlike ``doubles``).
  public var integers: [Int] {
    switch type.memoryType {
    case .int64: withElements(of: Int64.self) { $0.map { Int($0) } }
    case .uint64: withElements(of: UInt64.self) { $0.map { Int(truncatingIfNeeded: $0) } }
    // Floats, which malformed models put where integers belong, must not trap.
    default: doubles.map { Int(Int64.converting($0)) }
    }
  }
}
