import Tensors

/// A kernel that is generic over the number types of rows.
protocol RowVisitor {
  associatedtype Result
  func visit<R: RowNumber>(_ type: R.Type) throws(EngineError) -> Result
}

extension ElementType {
  /// Runs a kernel in the type that elements of this type are calculated in: `Double` for
  /// `float64`, `Float` for the other floats, `Int64` for integers.
  func acceptRows<V: RowVisitor>(_ visitor: V) throws(EngineError) -> V.Result {
    switch self {
    case .float64: try visitor.visit(Double.self)
    case .float32, .float16, .bfloat16: try visitor.visit(Float.self)
    case _ where isInteger: try visitor.visit(Int64.self)
    default: throw Shapes.unsupported("arithmetic on \(self) is not supported")
    }
  }
}

extension Tensor {
  /// The elements in the type of calculation; integers exactly.
  func rows<R: RowNumber>(_ type: R.Type = R.self) -> [R] {
    if self.type.memoryType == R.elementType { return array(of: type) }
    if R.self == Int64.self, let exact = integers.map({ Int64($0) }) as? [R] { return exact }
    return doubles.map { R.converting($0) }
  }

  /// A tensor of `type` from results of a calculation: floats are rounded, integers wrap.
  static func fromRows<R: RowNumber>(
    _ values: [R], shape: [Int], type: ElementType
  ) throws(EngineError) -> Tensor {
    if type.memoryType == R.elementType {
      return Tensor(shape, values).reinterpreted(as: type)
    }
    let tensor = try type.accept(RowsConversion(values: values, shape: shape))
    return tensor.reinterpreted(as: type)
  }
}

private struct RowsConversion<R: RowNumber>: ScalarVisitor {
  let values: [R]
  let shape: [Int]

  func visit<S: TensorScalar>(_ type: S.Type) -> Tensor {
    Tensor.building(shape, of: type) { target in
      for (index, value) in values.enumerated() {
        if let integer = value as? Int64, S.elementType.isInteger {
          target[index] = S.wrapping(integer)
        } else {
          target[index] = S.converting(value.asDouble)
        }
      }
    }
  }
}

extension TensorScalar {
  /// An integer in this type, wrapping when this is an integer type.
  fileprivate static func wrapping(_ value: Int64) -> Self {
    if let type = Self.self as? any TensorInteger.Type,
      let result = truncate(value, to: type) as? Self
    {
      return result
    }
    return converting(Double(value))
  }

  private static func truncate<T: TensorInteger>(_ value: Int64, to type: T.Type) -> T {
    T(truncatingIfNeeded: value)
  }
}
