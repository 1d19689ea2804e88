import NetworkGraph
import Tensors

/// Encodes `ValueInfoProto` messages, as they were read where nothing changed.
enum ONNXValueInfoEncoder {
  static func valueInfo(_ value: ValueInfo, _ encoder: inout ProtobufEncoder) {
    let before = value.encoded.flatMap(decoded)
    let sameType = before.map { $0.type == value.type && $0.shape == value.shape } ?? false
    if sameType, before?.name == value.name {
      encoder.bytes(value.encoded ?? [])
      return
    }
    encoder.string(1, value.name)
    if !sameType { type(value, &encoder) }
    encoder.bytes(kept(value.encoded ?? []) { $0 > 2 || ($0 == 2 && sameType) })
  }

  private static func type(_ value: ValueInfo, _ encoder: inout ProtobufEncoder) {
    guard let type = value.type else { return }
    encoder.message(2) { encoder in
      encoder.message(1) { encoder in
        encoder.integer(1, type.onnxCode)
        guard let shape = value.shape else { return }
        encoder.message(2) { encoder in
          for dimension in shape { encoder.message(1) { Self.dimension(dimension, &$0) } }
        }
      }
    }
  }

  private static func dimension(_ dimension: Dimension, _ encoder: inout ProtobufEncoder) {
    switch dimension {
    case .fixed(let length): encoder.integer(1, length)
    case .symbol(let name): encoder.string(2, name)
    case .unknown: break
    }
  }

  private static func decoded(_ bytes: [UInt8]) -> ValueInfo? {
    bytes.withUnsafeBytes {
      try? ONNXValueInfoParser(bytes: $0).valueInfo(0..<$0.count)
    }
  }

  /// The fields whose number `isKept`.
  private static func kept(_ bytes: [UInt8], where isKept: (Int) -> Bool) -> [UInt8] {
    bytes.withUnsafeBytes { buffer in
      var result: [UInt8] = []
      var reader = ProtobufReader(buffer)
      while let field = try? reader.next() {
        if isKept(field.number) { result += reader.copy(field) }
      }
      return result
    }
  }
}
