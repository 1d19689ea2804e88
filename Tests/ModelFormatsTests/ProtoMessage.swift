/// A hand-made Protocol Buffers message: also wrong ones.
struct ProtoMessage {
  var bytes: [UInt8] = []

  static func varint(_ value: UInt64) -> [UInt8] {
    var (result, rest) = ([UInt8](), value)
    while rest > 127 {
      result.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return result + [UInt8(rest)]
  }

  func int(_ field: Int, _ value: Int) -> ProtoMessage {
    ProtoMessage(
      bytes: bytes + Self.varint(UInt64(field << 3)) + Self.varint(UInt64(bitPattern: Int64(value)))
    )
  }

  func data(_ field: Int, _ value: [UInt8]) -> ProtoMessage {
    ProtoMessage(
      bytes: bytes + Self.varint(UInt64(field << 3 | 2)) + Self.varint(UInt64(value.count)) + value)
  }

  func text(_ field: Int, _ value: String) -> ProtoMessage { data(field, Array(value.utf8)) }

  func message(_ field: Int, _ value: ProtoMessage) -> ProtoMessage { data(field, value.bytes) }

  func fixed32(_ field: Int, _ value: Float) -> ProtoMessage {
    ProtoMessage(
      bytes: bytes + Self.varint(UInt64(field << 3 | 5))
        + withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })
  }

  func packed<T>(_ field: Int, fixed values: [T]) -> ProtoMessage {
    data(field, values.withUnsafeBytes { Array($0) })
  }

  func packed(_ field: Int, _ values: [Int]) -> ProtoMessage {
    data(field, values.flatMap { Self.varint(UInt64(bitPattern: Int64($0))) })
  }

  func raw(_ more: [UInt8]) -> ProtoMessage { ProtoMessage(bytes: bytes + more) }
}

extension ProtoMessage {
  /// A `TensorProto` without data.
  static func tensor(_ name: String = "w", code: Int, dims: [Int]) -> ProtoMessage {
    dims.reduce(ProtoMessage()) { $0.int(1, $1) }.int(2, code).text(8, name)
  }

  /// A `NodeProto`.
  static func node(_ op: String, _ inputs: [String], _ outputs: [String]) -> ProtoMessage {
    let wired = inputs.reduce(ProtoMessage()) { $0.text(1, $1) }
    return outputs.reduce(wired) { $0.text(2, $1) }.text(4, op)
  }

  /// A `ModelProto` of opset 13 around a graph.
  static func model(_ graph: ProtoMessage, opset: Int = 13) -> ProtoMessage {
    ProtoMessage().int(1, 8).message(8, ProtoMessage().int(2, opset)).message(7, graph)
  }

  /// A `ModelProto` with one initializer that is its output.
  static func model(initializer: ProtoMessage, name: String = "w") -> ProtoMessage {
    model(
      ProtoMessage().text(2, "g").message(5, initializer)
        .message(12, ProtoMessage().text(1, name)))
  }
}
