import Tensors

/// A generic kernel over all element types that have a Swift form.
protocol ScalarVisitor {
  associatedtype Result
  func visit<S: TensorScalar>(_ type: S.Type) -> Result
}

/// A generic kernel over integers and floats.
protocol NumberVisitor {
  associatedtype Result
  func visit<N: NumberScalar>(_ type: N.Type) -> Result
}

/// A generic kernel over floats.
protocol RealVisitor {
  associatedtype Result
  func visit<R: RealScalar>(_ type: R.Type) -> Result
}

// The switches name every type, so that the compiler specialises the kernels; by way of
// `any TensorScalar.Type` they would run unspecialised, many times slower.
extension ElementType {
  /// Runs a kernel for any type but strings and complex numbers; float8 and the 4- and 2-bit types
  /// are seen as their memory form.
  func accept<V: ScalarVisitor>(_ visitor: V) throws(EngineError) -> V.Result {
    switch memoryType {
    case .float32: visitor.visit(Float.self)
    case .float64: visitor.visit(Double.self)
    case .float16: visitor.visit(Float16.self)
    case .bfloat16: visitor.visit(BFloat16.self)
    case .int8: visitor.visit(Int8.self)
    case .int16: visitor.visit(Int16.self)
    case .int32: visitor.visit(Int32.self)
    case .int64: visitor.visit(Int64.self)
    case .uint8: visitor.visit(UInt8.self)
    case .uint16: visitor.visit(UInt16.self)
    case .uint32: visitor.visit(UInt32.self)
    case .uint64: visitor.visit(UInt64.self)
    case .bool: visitor.visit(Bool.self)
    default: throw Shapes.unsupported("elements of type \(self) are not supported here")
    }
  }

  /// Runs a kernel for the numbers that have arithmetic: 8- to 64-bit integers, 16- to 64-bit floats.
  func accept<V: NumberVisitor>(_ visitor: V) throws(EngineError) -> V.Result {
    switch self {
    case .float32: visitor.visit(Float.self)
    case .float64: visitor.visit(Double.self)
    case .float16: visitor.visit(Float16.self)
    case .bfloat16: visitor.visit(BFloat16.self)
    case .int8: visitor.visit(Int8.self)
    case .int16: visitor.visit(Int16.self)
    case .int32: visitor.visit(Int32.self)
    case .int64: visitor.visit(Int64.self)
    case .uint8: visitor.visit(UInt8.self)
    case .uint16: visitor.visit(UInt16.self)
    case .uint32: visitor.visit(UInt32.self)
    case .uint64: visitor.visit(UInt64.self)
    default: throw Shapes.unsupported("arithmetic on \(self) is not supported")
    }
  }

  /// Runs a kernel for the floats of 16 to 64 bits.
  func accept<V: RealVisitor>(_ visitor: V) throws(EngineError) -> V.Result {
    switch self {
    case .float32: visitor.visit(Float.self)
    case .float64: visitor.visit(Double.self)
    case .float16: visitor.visit(Float16.self)
    case .bfloat16: visitor.visit(BFloat16.self)
    default: throw Shapes.mismatch("elements of type \(self) where floats are needed")
    }
  }
}

/// A generic kernel over integers of 8 to 64 bits.
protocol IntegerVisitor {
  associatedtype Result
  func visit<I: TensorInteger & NumberScalar>(_ type: I.Type) -> Result
}

extension ElementType {
  /// Runs a kernel for the integers of 8 to 64 bits.
  func accept<V: IntegerVisitor>(_ visitor: V) throws(EngineError) -> V.Result {
    switch self {
    case .int8: visitor.visit(Int8.self)
    case .int16: visitor.visit(Int16.self)
    case .int32: visitor.visit(Int32.self)
    case .int64: visitor.visit(Int64.self)
    case .uint8: visitor.visit(UInt8.self)
    case .uint16: visitor.visit(UInt16.self)
    case .uint32: visitor.visit(UInt32.self)
    case .uint64: visitor.visit(UInt64.self)
    default: throw Shapes.mismatch("elements of type \(self) where integers are needed")
    }
  }
}
