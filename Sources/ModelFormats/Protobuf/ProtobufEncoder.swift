import Tensors

/// Encodes Protocol Buffers messages, or only counts their bytes: the same code does both.
///
/// Without a sink it counts. Lengths of nested messages come from a counting run of the same body.
struct ProtobufEncoder {
  /// Bytes encoded so far.
  private(set) var byteCount = 0
  private let sink: ((UnsafeRawBufferPointer) -> Void)?

  /// `sink` receives the bytes in order; nil only counts.
  init(sink: ((UnsafeRawBufferPointer) -> Void)? = nil) {
    self.sink = sink
  }

  mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    sink?(bytes)
  }

  mutating func bytes(_ array: [UInt8]) {
    byteCount += array.count
    if let sink { array.withUnsafeBytes { sink($0) } }
  }

  /// Counts `count` bytes that only a run with a sink has to make.
  mutating func bytes(count: Int, making body: ((UnsafeRawBufferPointer) -> Void) -> Void) {
    byteCount += count
    if let sink { body(sink) }
  }

  mutating func varint(_ value: UInt64) {
    var encoded: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    encoded.append(UInt8(rest))
    bytes(encoded)
  }

  mutating func tag(_ field: Int, wire: Int) { varint(UInt64(field << 3 | wire)) }

  mutating func integer(_ field: Int, _ value: Int) {
    tag(field, wire: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func float(_ field: Int, _ value: Float) {
    tag(field, wire: 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes($0) }
  }

  mutating func data(_ field: Int, _ value: [UInt8]) {
    tag(field, wire: 2)
    varint(UInt64(value.count))
    bytes(value)
  }

  mutating func string(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

  /// A nested message; `body` runs once to count and, with a sink, once more to write.
  mutating func message(_ field: Int, _ body: (inout ProtobufEncoder) -> Void) {
    var counter = ProtobufEncoder()
    body(&counter)
    tag(field, wire: 2)
    varint(UInt64(counter.byteCount))
    if sink == nil { byteCount += counter.byteCount } else { body(&self) }
  }

  /// A string field alone, as bytes.
  static func stringField(_ field: Int, _ value: String) -> [UInt8] {
    var result: [UInt8] = []
    var encoder = ProtobufEncoder { result.append(contentsOf: $0) }
    encoder.string(field, value)
    return result
  }
}
