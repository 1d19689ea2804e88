import Tensors

/// A cursor over the bytes of a pickle that never reads past their end.
struct PickleBytes {
  private let bytes: UnsafeRawBufferPointer
  /// The next byte.
  private(set) var position: Int
  private let end: Int

  /// Reads `range` of `bytes`, which must outlive the cursor.
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  private func truncated() -> EngineError {
    EngineError(
      .truncatedFile, byteOffset: position, problem: "ends inside its pickle",
      remedy: PickleMachine.copyAgain)
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(EngineError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= end - position else { throw truncated() }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
  }

  mutating func byte() throws(EngineError) -> UInt8 { try take(1)[0] }

  /// A little-endian unsigned integer of `width` bytes.
  mutating func unsigned(_ width: Int) throws(EngineError) -> UInt64 {
    try take(width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A length of `width` bytes that must fit what is left.
  mutating func length(_ width: Int) throws(EngineError) -> Int {
    let length = try unsigned(width)
    guard length <= UInt64(end - position) else { throw truncated() }
    return Int(length)
  }

  mutating func float() throws(EngineError) -> Double {
    // The only big-endian thing in a pickle.
    Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// The text up to the next line feed, which is skipped.
  mutating func line() throws(EngineError) -> String {
    guard let stop = bytes[position..<end].firstIndex(of: 0x0A) else { throw truncated() }
    let text = Self.text(UnsafeRawBufferPointer(rebasing: bytes[position..<stop]))
    position = stop + 1
    return text
  }

  /// UTF-8, or Latin-1 where it is none: texts of Python 2 have no declared encoding.
  static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}
