import Tensors

extension ElementType {
  /// The element type of a `TensorProto.DataType` number in an attribute; nil when unknown here.
  init?(typeCode: Int) {
    let table: [Int: ElementType] = [
      1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 8: .string,
      9: .bool, 10: .float16, 11: .float64, 12: .uint32, 13: .uint64, 14: .complex64,
      15: .complex128, 16: .bfloat16, 17: .float8e4m3fn, 18: .float8e4m3fnuz, 19: .float8e5m2,
      20: .float8e5m2fnuz, 21: .uint4, 22: .int4, 25: .uint2, 26: .int2,
    ]
    guard let type = table[typeCode] else { return nil }
    self = type
  }

  /// Whether the elements are numbers with arithmetic: 8- to 64-bit integers, 16- to 64-bit floats.
  var isNumber: Bool {
    switch self {
    case .int4, .uint4, .int2, .uint2: false
    default: isInteger || isReal
    }
  }

  /// Whether the elements are floats of 16 to 64 bits.
  var isReal: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    default: false
    }
  }
}
