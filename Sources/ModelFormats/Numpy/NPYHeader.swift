import Foundation
import Tensors

/// The header of a `.npy` array: element type, shape and order.
struct NPYHeader {
  /// How elements lie in the file.
  enum Elements {
    case numbers(ElementType)
    /// Unicode strings of a fixed number of 32-bit characters.
    case unicode(Int)
    /// Byte strings of a fixed length.
    case byteString(Int)
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// Bytes that tell the version and the length of the rest.
  static let prefixLength = 12
  private static let longest = 1 << 20

  let elements: Elements
  let shape: [Int]
  let isFortranOrder: Bool

  /// Number of elements and bytes of the data; checked not to overflow.
  let count: Int
  let dataBytes: Int

  /// Where the data starts, from the first ``prefixLength`` bytes (fewer are an error).
  static func dataOffset(_ prefix: some Collection<UInt8>) throws(EngineError) -> Int {
    let bytes = Array(prefix.prefix(prefixLength))
    guard bytes.count == prefixLength, bytes.starts(with: magic) else {
      throw malformed("is not a .npy array")
    }
    let short = Int(bytes[8]) | Int(bytes[9]) << 8
    switch bytes[6] {
    case 1: return 10 + short
    case 2, 3:
      let length = short | Int(bytes[10]) << 16 | Int(bytes[11]) << 24
      guard length <= longest else { throw malformed("has a header of \(length) bytes") }
      return 12 + length
    default:
      throw EngineError(
        .unsupported, problem: "has version \(bytes[6]) of the .npy format; 1 to 3 are read",
        remedy: "Save it again with numpy.save")
    }
  }

  /// Parses the header that ends at ``dataOffset(_:)``.
  init(_ bytes: some Collection<UInt8>) throws(EngineError) {
    let all = Array(bytes)
    guard all.count >= Self.prefixLength else { throw Self.malformed("is cut off in its header") }
    let text = String(decoding: all[(all[6] == 1 ? 10 : 12)...], as: UTF8.self)
    var scanner = NPYHeaderScanner(text)
    let fields = try scanner.fields()
    elements = try Self.elements(fields.descr)
    shape = fields.shape
    isFortranOrder = fields.isFortranOrder
    let (type, width): (ElementType, Int) =
      switch elements {
      case .numbers(let type): (type, type.byteSize)
      case .unicode(let width): (.complex128, 4 * width)
      case .byteString(let width): (.complex128, width)
      }
    guard let count = ShapeArithmetic.elementCount(shape, of: type) else {
      throw Self.malformed("has the impossible shape \(shape)")
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow, size <= 1 << 60 else {
      throw Self.malformed("has the impossible shape \(shape)")
    }
    self.count = count
    dataBytes = size
  }

  private static func elements(_ descr: String) throws(EngineError) -> Elements {
    var code = Substring(descr)
    let order = code.first
    if let order, "<>|=".contains(order) { code = code.dropFirst() }
    guard order != ">" || code.hasSuffix("1") else {
      throw EngineError(
        .unsupported, problem: "is big-endian ('\(descr)')",
        remedy: "Save it with array.astype(array.dtype.newbyteorder('<'))")
    }
    if let width = Int(code.dropFirst()), width > 0, width < 1 << 24 {
      if code.first == "U" { return .unicode(width) }
      if code.first == "S" || code.first == "a" { return .byteString(width) }
    }
    guard let type = types.first(where: { $0.code == code })?.type else {
      throw EngineError(
        .unsupported, problem: "has elements of NumPy type '\(descr)', which is not read",
        remedy: descr.contains("O")
          ? "Save an array of numbers: object arrays hold Python pickles, which are never run"
          : "Convert it to a number type, such as float32")
    }
    return .numbers(type)
  }

  static let types: [(code: String, type: ElementType)] = [
    ("f2", .float16), ("f4", .float32), ("f8", .float64), ("i1", .int8), ("i2", .int16),
    ("i4", .int32), ("i8", .int64), ("u1", .uint8), ("u2", .uint16), ("u4", .uint32),
    ("u8", .uint64), ("b1", .bool), ("c8", .complex64), ("c16", .complex128),
  ]

  static func malformed(_ problem: String) -> EngineError {
    EngineError(
      .malformedFile, problem: problem, remedy: "Save it again with numpy.save or numpy.savez")
  }
}
