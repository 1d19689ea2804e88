import Tensors

/// A torch dtype that storages can have.
enum PyTorchType: String, CaseIterable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8, uint8, bool
  case complex64, complex128
  case uint16, uint32, uint64
  case float8e4m3fn = "float8_e4m3fn"
  case float8e4m3fnuz = "float8_e4m3fnuz"
  case float8e5m2 = "float8_e5m2"
  case float8e5m2fnuz = "float8_e5m2fnuz"
  case qint8, quint8, qint32

  /// The class of `torch` that older formats name storages of this type by; nil for newer types,
  /// which torch writes as untyped bytes (torch/storage.py, `_dtype_to_storage_type_map`).
  var storageName: String? {
    switch self {
    case .float64: "DoubleStorage"
    case .float32: "FloatStorage"
    case .float16: "HalfStorage"
    case .bfloat16: "BFloat16Storage"
    case .int64: "LongStorage"
    case .int32: "IntStorage"
    case .int16: "ShortStorage"
    case .int8: "CharStorage"
    case .uint8: "ByteStorage"
    case .bool: "BoolStorage"
    case .complex64: "ComplexFloatStorage"
    case .complex128: "ComplexDoubleStorage"
    case .qint8: "QInt8Storage"
    case .quint8: "QUInt8Storage"
    case .qint32: "QInt32Storage"
    default: nil
    }
  }

  /// The element type of tensors of this type; that of the codes for quantized ones.
  var elementType: ElementType {
    switch self {
    case .float64: .float64
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .int64: .int64
    case .int32, .qint32: .int32
    case .int16: .int16
    case .int8, .qint8: .int8
    case .uint8, .quint8: .uint8
    case .bool: .bool
    case .complex64: .complex64
    case .complex128: .complex128
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .float8e4m3fn: .float8e4m3fn
    case .float8e4m3fnuz: .float8e4m3fnuz
    case .float8e5m2: .float8e5m2
    case .float8e5m2fnuz: .float8e5m2fnuz
    }
  }

  /// The type that holds elements of `type` in a file; nil for strings.
  ///
  /// Packed integers take a byte each there, as in memory.
  init?(_ type: ElementType) {
    let stored = Float8(type) == nil ? type.memoryType : type
    guard let match = Self.allCases.first(where: { $0.elementType == stored }) else { return nil }
    self = match
  }

  private static let aliases: [String: PyTorchType] = [
    "double": .float64, "float": .float32, "half": .float16, "long": .int64, "int": .int32,
    "short": .int16, "cfloat": .complex64, "cdouble": .complex128,
  ]

  /// The dtype `torch.<name>`.
  static func named(_ name: String) -> PyTorchType? { PyTorchType(rawValue: name) ?? aliases[name] }

  /// The type of the storage class `torch.<name>`.
  static func ofStorage(_ name: String) -> PyTorchType? { storages[name] }

  private static let storages: [String: PyTorchType] = Dictionary(
    uniqueKeysWithValues: allCases.compactMap { type in
      type.storageName.map { ($0, type) }
    })
}
