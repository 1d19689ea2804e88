import Tensors

/// Rounds real numbers to the codes of a quantized type: to nearest, ties to even, saturating.
struct QuantizedCoding {
  let type: ElementType
  private let range: ClosedRange<Int>
  private let float8: Float8?
  private let saturates: Bool

  /// The coding of an integer type of up to 16 bits, or of a float8 type.
  init(_ type: ElementType, saturates: Bool = true) throws(EngineError) {
    self.type = type
    self.saturates = saturates
    float8 = Float8(type)
    switch type {
    case .int2, .uint2, .int4, .uint4, .int8, .uint8, .int16, .uint16:
      range = type.integerRange ?? 0...0
    case _ where float8 != nil: range = 0...0
    default: throw Shapes.unsupported("quantizing to \(type) is not supported")
    }
  }

  /// The tensor of the codes of quotients, to which zero points have yet to be added.
  ///
  /// The zero point is added after rounding, which is why they come apart.
  func encode(
    shape: [Int], quotients: [Float], zeroPoint: (Int) -> Int
  ) throws(EngineError) -> Tensor {
    if let float8 {
      let codes = quotients.map { float8.encode($0, saturating: saturates) }
      return Tensor(shape, codes).reinterpreted(as: type)
    }
    let codes = quotients.enumerated().map { index, value in
      Int64(code(value, zeroPoint: zeroPoint(index)))
    }
    return try Tensor.fromRows(codes, shape: shape, type: type)
  }

  private func code(_ value: Float, zeroPoint: Int) -> Int {
    if value.isNaN { return min(max(zeroPoint, range.lowerBound), range.upperBound) }
    let rounded = value.rounded(.toNearestOrEven)
    // Beyond this the result saturates whatever the zero point.
    let limited = Int(min(max(rounded, -1_000_000), 1_000_000))
    return min(max(limited + zeroPoint, range.lowerBound), range.upperBound)
  }
}

extension ElementType {
  /// The type that an attribute gives as a number of ONNX `TensorProto.DataType`.
  ///
  /// - Returns: Nil for 0 (not given).
  /// - Throws: ``EngineError`` with code `unsupported` for types this version has not.
  static func fromAttribute(_ code: Int, _ name: String) throws(EngineError) -> ElementType? {
    switch code {
    case 0: return nil
    case 1: return .float32
    case 2: return .uint8
    case 3: return .int8
    case 4: return .uint16
    case 5: return .int16
    case 6: return .int32
    case 10: return .float16
    case 11: return .float64
    case 16: return .bfloat16
    case 17: return .float8e4m3fn
    case 18: return .float8e4m3fnuz
    case 19: return .float8e5m2
    case 20: return .float8e5m2fnuz
    case 21: return .uint4
    case 22: return .int4
    case 25: return .uint2
    case 26: return .int2
    default: throw Shapes.unsupported("\(name) = \(code) is a type that is not supported here")
    }
  }
}
