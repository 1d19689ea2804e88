import Tensors

/// One field of a Protocol Buffers message: where it lies and what it holds.
///
/// Values stay in the file; the accessors decode them after checking the wire type.
struct ProtobufField {
  /// How the value is stored.
  enum Content {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(Range<Int>)
  }

  /// The field number of the schema.
  let number: Int
  /// The field with its tag, in bytes of the file.
  let range: Range<Int>
  /// The value.
  let content: Content

  /// An integer field (`int64`, `int32`, an enumeration).
  func integer() throws(EngineError) -> Int {
    guard case .varint(let value) = content else { throw wrongType("an integer") }
    return Int(Int64(bitPattern: value))
  }

  /// A `float` field.
  func float() throws(EngineError) -> Float {
    guard case .fixed32(let bits) = content else { throw wrongType("a 32-bit float") }
    return Float(bitPattern: bits)
  }

  /// Where the bytes of a string, bytes or message field lie.
  func bytesRange() throws(EngineError) -> Range<Int> {
    guard case .bytes(let range) = content else { throw wrongType("a sequence of bytes") }
    return range
  }

  func wrongType(_ expected: String) -> EngineError {
    let seen =
      switch content {
      case .varint: "an integer"
      case .fixed64: "a 64-bit number"
      case .fixed32: "a 32-bit number"
      case .bytes: "a sequence of bytes"
      }
    return EngineError(
      .malformedFile, byteOffset: range.lowerBound,
      problem: "field \(number) holds \(seen) where \(expected) belongs",
      remedy: ProtobufReader.damagedRemedy)
  }
}
