import Tensors

/// The dtype names of safetensors, in the order of the reference implementation (by alignment).
enum SafetensorsType {
  static let known: [(name: String, type: ElementType)] = [
    ("BOOL", .bool), ("U8", .uint8), ("I8", .int8), ("F8_E5M2", .float8e5m2),
    ("F8_E4M3", .float8e4m3fn), ("F8_E4M3FNUZ", .float8e4m3fnuz), ("F8_E5M2FNUZ", .float8e5m2fnuz),
    ("I16", .int16), ("U16", .uint16), ("F16", .float16), ("BF16", .bfloat16), ("I32", .int32),
    ("U32", .uint32), ("F32", .float32), ("C64", .complex64), ("F64", .float64), ("I64", .int64),
    ("U64", .uint64),
  ]

  static func elementType(_ name: String) -> ElementType? {
    known.first { $0.name == name }?.type
  }

  /// The place of a type in the reference order, with its name.
  ///
  /// Packed integers have no dtype; as the bytes they take in memory they are `I8` and `U8`.
  static func entry(_ type: ElementType) -> (rank: Int, name: String)? {
    let stored = Float8(type) == nil ? type.memoryType : type
    guard let rank = known.firstIndex(where: { $0.type == stored }) else { return nil }
    return (rank, known[rank].name)
  }
}
