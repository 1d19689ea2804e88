import OrderedCollections
import Tensors

/// A strict JSON parser for headers of files: it keeps key order, refuses duplicate keys and deep
/// nesting, and says at which byte of the file it stumbled.
struct JSONParser {
  private static let deepest = 32

  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int

  /// The value that takes up `range` of `bytes`, white space aside.
  static func parse(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) throws(EngineError) -> JSONValue {
    var parser = JSONParser(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.end else { throw parser.malformed("content after its end") }
    return value
  }

  private init(bytes: UnsafeRawBufferPointer, position: Int, end: Int) {
    self.bytes = bytes
    self.position = position
    self.end = end
  }

  private var current: UInt8? { position < end ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(EngineError) {
    guard skip(character) else { throw malformed("no '\(character)'") }
  }

  private mutating func value(depth: Int) throws(EngineError) -> JSONValue {
    guard depth <= Self.deepest else { throw malformed("too many nested values") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(
    _ text: String, _ value: JSONValue
  ) throws(EngineError) -> JSONValue {
    guard end - position >= text.utf8.count,
      bytes[position..<(position + text.utf8.count)].elementsEqual(text.utf8)
    else { throw malformed("no value") }
    position += text.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(EngineError) -> JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [:]
    try expect("{")
    if skip("}") { return .object(members) }
    repeat {
      skipSpace()
      let start = position
      let key = try string()
      try expect(":")
      guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
        position = start
        throw malformed("the key '\(key)' a second time")
      }
    } while skip(",")
    try expect("}")
    return .object(members)
  }

  private mutating func array(_ depth: Int) throws(EngineError) -> JSONValue {
    var values: [JSONValue] = []
    try expect("[")
    if skip("]") { return .array(values) }
    repeat { values.append(try value(depth: depth + 1)) } while skip(",")
    try expect("]")
    return .array(values)
  }

  private mutating func number() throws(EngineError) -> JSONValue {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    let first = position
    digits()
    guard position > first, position == first + 1 || bytes[first] != UInt8(ascii: "0") else {
      throw malformed("no value")
    }
    if current == UInt8(ascii: ".") {
      position += 1
      let fraction = position
      digits()
      guard position > fraction else { throw malformed("no digits") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      let exponent = position
      digits()
      guard position > exponent else { throw malformed("no digits") }
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() {
    while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
  }

  private mutating func string() throws(EngineError) -> String {
    guard current == UInt8(ascii: "\"") else { throw malformed("no text in quotes") }
    position += 1
    let start = position
    var text: [UInt8] = []
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let value = String(validating: text, as: UTF8.self) else {
          position = start
          throw malformed("text that is not UTF-8")
        }
        return value
      case UInt8(ascii: "\\"): text += try escape()
      case ..<0x20: throw malformed("a control character in text")
      default: text.append(byte)
      }
    }
    throw malformed("no end of the text")
  }

  private mutating func escape() throws(EngineError) -> [UInt8] {
    guard let byte = current else { throw malformed("no end of the text") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if code & 0xFC00 == 0xD800 {
        guard end - position >= 2, bytes[position] == UInt8(ascii: "\\"),
          bytes[position + 1] == UInt8(ascii: "u")
        else { throw malformed("half of a surrogate pair") }
        position += 2
        let low = try hexadecimal()
        guard low & 0xFC00 == 0xDC00 else { throw malformed("half of a surrogate pair") }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw malformed("half of a surrogate pair")
      }
      return Array(String(Character(scalar)).utf8)
    default: throw malformed("an unknown escape in text")
    }
  }

  private mutating func hexadecimal() throws(EngineError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw malformed("no four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private func malformed(_ found: String) -> EngineError {
    EngineError(
      .malformedFile, byteOffset: position, problem: "its JSON has \(found) here",
      remedy: "Copy or download the file again")
  }
}
