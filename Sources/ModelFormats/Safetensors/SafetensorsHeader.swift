import OrderedCollections
import Tensors

/// The header of a safetensors file with every rule of the format checked.
struct SafetensorsHeader {
  /// The reference implementation's limit against hostile files.
  static let longest = 100_000_000

  /// A tensor's place, in bytes of the file.
  struct Entry {
    let name: String
    let type: ElementType
    let shape: [Int]
    let range: Range<Int>
  }

  /// The tensors in the order of their data.
  let entries: [Entry]
  let metadata: OrderedDictionary<String, String>

  init(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    guard bytes.count >= 8 else {
      throw Self.notSafetensors("it has \(bytes.count) bytes; a header alone needs 10")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.longest) else {
      throw Self.notSafetensors("its header would be \(length) bytes, more than \(Self.longest)")
    }
    guard Int(length) <= bytes.count - 8 else {
      throw EngineError(
        .truncatedFile, byteOffset: 0,
        problem: "ends inside its header of \(length) bytes", remedy: Self.remedy)
    }
    let start = 8 + Int(length)
    guard length > 0, bytes[8] == UInt8(ascii: "{") else {
      throw Self.notSafetensors("its header is no JSON object")
    }
    guard case .object(let members) = try JSONParser.parse(bytes, 8..<start) else {
      throw Self.notSafetensors("its header is no JSON object")
    }
    var metadata: OrderedDictionary<String, String> = [:]
    var entries: [Entry] = []
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(value)
        continue
      }
      do throws(EngineError) {
        entries.append(try Self.entry(name, value, dataStart: start, fileEnd: bytes.count))
      } catch {
        throw error.about("tensor '\(name)'")
      }
    }
    self.metadata = metadata
    self.entries = try Self.ordered(entries, start..<bytes.count)
  }

  private static func metadata(
    _ value: JSONValue
  ) throws(EngineError) -> OrderedDictionary<String, String> {
    var result: OrderedDictionary<String, String> = [:]
    guard case .object(let members) = value else {
      throw malformed("__metadata__ is no JSON object")
    }
    for (key, value) in members {
      guard case .string(let text) = value else {
        throw malformed("__metadata__ holds something else than text at '\(key)'")
      }
      result[key] = text
    }
    return result
  }

  private static func entry(
    _ name: String, _ value: JSONValue, dataStart: Int, fileEnd: Int
  ) throws(EngineError) -> Entry {
    guard case .object(let members) = value, case .string(let dtype)? = members["dtype"],
      case .array(let lengths)? = members["shape"],
      case .array(let offsets)? = members["data_offsets"], members.count == 3
    else { throw malformed("needs exactly dtype, shape and data_offsets") }
    guard let type = SafetensorsType.elementType(dtype) else {
      throw EngineError(
        .unsupported, problem: "has dtype '\(dtype)', which is not read",
        remedy: "Convert it to one of \(SafetensorsType.known.map(\.name).joined(separator: ", "))")
    }
    let shape = lengths.compactMap(\.count)
    guard shape.count == lengths.count,
      let count = ShapeArithmetic.elementCount(shape, of: type)
    else { throw malformed("has an impossible shape") }
    guard offsets.count == 2, let begin = offsets[0].count, let end = offsets[1].count,
      begin <= end
    else { throw malformed("has data_offsets that are no range") }
    guard end <= fileEnd - dataStart else {
      throw EngineError(
        .truncatedFile,
        problem: "needs data up to byte \(end) of \(fileEnd - dataStart)", remedy: remedy)
    }
    guard end - begin == count * type.byteSize else {
      throw malformed(
        "has \(end - begin) bytes where shape \(shape) of \(dtype) needs \(count * type.byteSize)")
    }
    return Entry(
      name: name, type: type, shape: shape, range: (dataStart + begin)..<(dataStart + end))
  }

  /// In the order of the data, which must fill the rest of the file: no holes, no overlap.
  private static func ordered(
    _ entries: [Entry], _ data: Range<Int>
  ) throws(EngineError) -> [Entry] {
    let sorted = entries.enumerated().sorted { left, right in
      let (a, b) = (left.element.range, right.element.range)
      return (a.lowerBound, a.upperBound, left.offset) < (b.lowerBound, b.upperBound, right.offset)
    }.map(\.element)
    var position = data.lowerBound
    for entry in sorted {
      guard entry.range.lowerBound == position else {
        let relation = entry.range.lowerBound < position ? "overlaps" : "leaves a hole after"
        throw EngineError(
          .malformedFile, byteOffset: entry.range.lowerBound, subject: "tensor '\(entry.name)'",
          problem: "\(relation) the data before it", remedy: remedy)
      }
      position = entry.range.upperBound
    }
    guard position == data.upperBound else {
      throw EngineError(
        .malformedFile, byteOffset: position,
        problem: "has \(data.upperBound - position) bytes that belong to no tensor",
        remedy: remedy)
    }
    return sorted
  }

  static let remedy = "Copy or download the file again"

  private static func malformed(_ problem: String) -> EngineError {
    EngineError(.malformedFile, problem: problem, remedy: remedy)
  }

  private static func notSafetensors(_ reason: String) -> EngineError {
    EngineError(
      .malformedFile, byteOffset: 0, problem: "is not a safetensors file: \(reason)",
      remedy: "Give a file that a safetensors library wrote")
  }
}
