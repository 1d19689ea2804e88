import Tensors

/// Walks the fields of one Protocol Buffers message inside the bytes of a file.
///
/// Every length is checked against the end of the enclosing message before it is used. A reader is
/// a cursor over borrowed bytes and must not outlive them.
struct ProtobufReader {
  static let damagedRemedy = "The file is damaged: copy, download or export it again"

  /// The whole file, so that offsets in messages are offsets in the file.
  let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  let end: Int

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  /// A reader of the message at `range`, which came from a checked field.
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position >= end }

  /// The next field, or nil at the end of the message.
  mutating func next() throws(EngineError) -> ProtobufField? {
    if isAtEnd { return nil }
    let start = position
    let tag = try varint()
    guard tag >> 3 > 0, tag >> 3 <= 0x1FFF_FFFF else {
      throw malformed(start, "field number \(tag >> 3) is not valid")
    }
    let content: ProtobufField.Content
    switch tag & 7 {
    case 0: content = .varint(try varint())
    case 1: content = .fixed64(try fixed(UInt64.self))
    case 5: content = .fixed32(try fixed(UInt32.self))
    case 2:
      let length = try varint()
      guard length <= UInt64(end - position) else { throw tooLong(start, tag >> 3, length) }
      let range = position..<(position + Int(length))
      position = range.upperBound
      content = .bytes(range)
    default:
      throw malformed(start, "wire type \(tag & 7) of field \(tag >> 3) is not valid")
    }
    return ProtobufField(number: Int(tag >> 3), range: start..<position, content: content)
  }

  /// A message field as a reader of its fields.
  func message(_ field: ProtobufField) throws(EngineError) -> ProtobufReader {
    ProtobufReader(bytes, try field.bytesRange())
  }

  /// A string field; bytes that are not UTF-8 are repaired.
  func string(_ field: ProtobufField) throws(EngineError) -> String {
    String(decoding: bytes[try field.bytesRange()], as: UTF8.self)
  }

  /// A copy of the bytes of a field with its tag, to be written back as they are.
  func copy(_ field: ProtobufField) -> [UInt8] { Array(bytes[field.range]) }

  /// Adds the integers of a repeated field, packed or not.
  func append(_ field: ProtobufField, to values: inout [UInt64]) throws(EngineError) {
    switch field.content {
    case .varint(let value): values.append(value)
    case .bytes(let range):
      var items = ProtobufReader(bytes, range)
      while !items.isAtEnd { values.append(try items.varint()) }
    default: throw field.wrongType("a list of integers")
    }
  }

  /// Adds the bit patterns of a repeated `float` or `double` field, packed or not.
  func appendFixed(
    _ field: ProtobufField, byteSize: Int, to values: inout [UInt64]
  ) throws(EngineError) {
    switch (field.content, byteSize) {
    case (.fixed32(let bits), 4): values.append(UInt64(bits))
    case (.fixed64(let bits), 8): values.append(bits)
    case (.bytes(let range), _):
      var items = ProtobufReader(bytes, range)
      values.reserveCapacity(values.count + range.count / byteSize)
      while !items.isAtEnd {
        values.append(
          byteSize == 4 ? UInt64(try items.fixed(UInt32.self)) : try items.fixed(UInt64.self))
      }
    default: throw field.wrongType("a list of \(byteSize * 8)-bit floats")
    }
  }

  private mutating func varint() throws(EngineError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    if position >= end, shift <= 63 { throw cutOff(start, "inside an integer") }
    throw malformed(start, "an integer is longer than 64 bits")
  }

  private mutating func fixed<T: FixedWidthInteger>(_ type: T.Type) throws(EngineError) -> T {
    let size = MemoryLayout<T>.size
    guard end - position >= size else { throw cutOff(position, "inside a \(size * 8)-bit number") }
    defer { position += size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
  }

  private func tooLong(_ start: Int, _ number: UInt64, _ length: UInt64) -> EngineError {
    EngineError(
      end == bytes.count ? .truncatedFile : .malformedFile, byteOffset: start,
      problem: "field \(number) needs \(length) bytes, but \(end - position) are left",
      remedy: Self.damagedRemedy)
  }

  private func cutOff(_ offset: Int, _ place: String) -> EngineError {
    EngineError(
      end == bytes.count ? .truncatedFile : .malformedFile, byteOffset: offset,
      problem: "the content ends \(place)", remedy: Self.damagedRemedy)
  }

  func malformed(_ offset: Int, _ problem: String) -> EngineError {
    EngineError(
      .malformedFile, byteOffset: offset, problem: problem, remedy: Self.damagedRemedy)
  }
}
