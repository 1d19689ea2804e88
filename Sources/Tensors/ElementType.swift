/// The type of a tensor's elements, with the names of ONNX `TensorProto.DataType`.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float32, float64, float16, bfloat16
  case float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz
  case int8, int16, int32, int64, uint8, uint16, uint32, uint64
  case int4, uint4, int2, uint2
  case bool
  case string
  case complex64, complex128

  /// Bytes of one element in memory.
  ///
  /// Four- and two-bit integers take one byte each in memory; they
  /// are packed in files only. Strings take none: they are held apart from the bytes.
  public var byteSize: Int {
    switch self {
    case .complex128: 16
    case .float64, .int64, .uint64, .complex64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz: 1
    case .int8, .uint8, .int4, .uint4, .int2, .uint2, .bool: 1
    case .string: 0
    }
  }

  /// Bits of one element in a file.
  public var storedBits: Int {
    switch self {
    case .int4, .uint4: 4
    case .int2, .uint2: 2
    default: byteSize * 8
    }
  }

  /// Whether the elements are floating-point numbers.
  public var isFloat: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2,
      .float8e5m2fnuz:
      true
    default: false
    }
  }

  /// Whether the elements are integers (`bool` is not).
  public var isInteger: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .int4, .uint4, .int2,
      .uint2:
      true
    default: false
    }
  }

  /// The representable range of an integer type; nil for other types and 64-bit unsigned.
  public var integerRange: ClosedRange<Int>? {
    switch self {
    case .int2: -2...1
    case .uint2: 0...3
    case .int4: -8...7
    case .uint4: 0...15
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .uint16: 0...65535
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .uint32: 0...Int(UInt32.max)
    case .int64: Int.min...Int.max
    default: nil
    }
  }
}
