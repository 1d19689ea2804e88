import COneDNN

/// How the floats of a value are stored.
enum FloatFormat: Int, Sendable {
  case float32, bfloat16

  /// The shim's number.
  var code: Int32 {
    switch self {
    case .float32: Int32(CDNN_F32)
    case .bfloat16: Int32(CDNN_BF16)
    }
  }

  /// Bytes of an element.
  var byteSize: Int { self == .float32 ? 4 : 2 }
}
