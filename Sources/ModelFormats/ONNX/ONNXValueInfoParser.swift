import NetworkGraph
import Tensors

/// Reads `ValueInfoProto` messages: name, tensor element type and shape.
struct ONNXValueInfoParser {
  let bytes: UnsafeRawBufferPointer

  func valueInfo(_ range: Range<Int>) throws(EngineError) -> ValueInfo {
    var value = ValueInfo(name: "", type: nil, shape: nil, encoded: Array(bytes[range]))
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      switch field.number {
      case 1: value.name = try reader.string(field)
      case 2:
        var type = try reader.message(field)
        while let field = try type.next() {
          // Sequences, maps and optional values stay undeclared here; `encoded` keeps them.
          if field.number == 1 { try tensorType(type.message(field), into: &value) }
        }
      default: break
      }
    }
    return value
  }

  private func tensorType(
    _ message: ProtobufReader, into value: inout ValueInfo
  ) throws(EngineError) {
    var reader = message
    while let field = try reader.next() {
      switch field.number {
      case 1: value.type = ElementType(onnxCode: try field.integer())
      case 2:
        var dimensions: [Dimension] = []
        var shape = try reader.message(field)
        while let field = try shape.next() {
          if field.number == 1 { dimensions.append(try dimension(shape.message(field))) }
        }
        value.shape = dimensions
      default: break
      }
    }
  }

  private func dimension(_ message: ProtobufReader) throws(EngineError) -> Dimension {
    var reader = message
    var result = Dimension.unknown
    while let field = try reader.next() {
      switch field.number {
      case 1:
        // Some exporters write -1 for a length that is not known.
        let length = try field.integer()
        result = length >= 0 ? .fixed(length) : .unknown
      case 2:
        let name = try reader.string(field)
        result = name.isEmpty ? .unknown : .symbol(name)
      default: break
      }
    }
    return result
  }
}
