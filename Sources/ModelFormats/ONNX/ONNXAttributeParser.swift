import NetworkGraph
import Tensors

/// Reads `AttributeProto` messages of every kind.
struct ONNXAttributeParser {
  let bytes: UnsafeRawBufferPointer
  let tensors: ONNXTensorParser

  /// An attribute with what is kept beside its value.
  struct Parsed {
    var name = ""
    var value = AttributeValue.ints([])
    /// Uninterpreted fields of the attribute.
    var preserved: [UInt8] = []
    /// Name and uninterpreted fields of its tensor.
    var tensorFields: [UInt8] = []
  }

  /// The numbers of `AttributeProto.AttributeType`.
  private enum Kind: Int {
    case float = 1
    case int, string, tensor, graph, floats, ints, strings, tensors, graphs
    case sparse, sparses, typeProto, typeProtos
  }

  private struct Fields {
    var kind: Int?
    var f: Float?
    var i: Int?
    var s: [UInt8]?
    var t: Range<Int>?
    var g: Range<Int>?
    var floats: [UInt64] = []
    var ints: [UInt64] = []
    var strings: [[UInt8]] = []
    var tensors: [Range<Int>] = []
    var graphs: [Range<Int>] = []
    var isOpaque = false
    /// All fields but the name, for kinds that are not interpreted.
    var all: [UInt8] = []
  }

  /// The attribute at `range`; its graphs lie `depth` graphs deep.
  func attribute(_ range: Range<Int>, depth: Int) throws(EngineError) -> Parsed {
    var parsed = Parsed()
    let fields = try scan(range, into: &parsed)
    do throws(EngineError) {
      parsed.value = try value(fields, &parsed, depth)
    } catch {
      throw error.within("attribute '\(parsed.name)'")
    }
    return parsed
  }

  private func scan(
    _ range: Range<Int>, into parsed: inout Parsed
  ) throws(EngineError) -> Fields {
    var fields = Fields()
    var reader = ProtobufReader(bytes, range)
    do throws(EngineError) {
      while let field = try reader.next() {
        switch field.number {
        case 1: parsed.name = try reader.string(field)
        case 2: fields.f = try field.float()
        case 3: fields.i = try field.integer()
        case 4: fields.s = Array(bytes[try field.bytesRange()])
        case 5: fields.t = try field.bytesRange()
        case 6: fields.g = try field.bytesRange()
        case 7: try reader.appendFixed(field, byteSize: 4, to: &fields.floats)
        case 8: try reader.append(field, to: &fields.ints)
        case 9: fields.strings.append(Array(bytes[try field.bytesRange()]))
        case 10: fields.tensors.append(try field.bytesRange())
        case 11: fields.graphs.append(try field.bytesRange())
        case 14, 15, 21, 22, 23: fields.isOpaque = true
        case 20: fields.kind = try field.integer()
        default: parsed.preserved += reader.copy(field)
        }
      }
      if fields.isOpaque {
        fields.all = try allButName(range)
        parsed.preserved = []
      }
    } catch {
      throw error.within("attribute '\(parsed.name)'")
    }
    return fields
  }

  private func allButName(_ range: Range<Int>) throws(EngineError) -> [UInt8] {
    var all: [UInt8] = []
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      if field.number != 1 { all += reader.copy(field) }
    }
    return all
  }

  private func value(
    _ fields: Fields, _ parsed: inout Parsed, _ depth: Int
  ) throws(EngineError) -> AttributeValue {
    let declared = fields.kind ?? 0
    guard let kind = declared == 0 ? inferred(fields) : Kind(rawValue: declared) else {
      throw EngineError(
        .malformedFile, problem: "has the unknown kind \(declared)",
        remedy: ProtobufReader.damagedRemedy)
    }
    if fields.isOpaque { return .opaque(fields.all) }
    switch kind {
    case .float: return .float(fields.f ?? 0)
    case .int: return .int(fields.i ?? 0)
    case .string: return .string(fields.s ?? [])
    case .tensor:
      guard let range = fields.t else { throw missing("tensor") }
      let (name, tensor, preserved) = try tensors.tensor(range)
      if !name.isEmpty { parsed.tensorFields = ProtobufEncoder.stringField(8, name) }
      parsed.tensorFields += preserved
      return .tensor(tensor)
    case .graph:
      guard let range = fields.g else { throw missing("graph") }
      return .graph(try graph(range, depth))
    case .floats: return .floats(fields.floats.map { Float(bitPattern: UInt32($0)) })
    case .ints: return .ints(fields.ints.map { Int(Int64(bitPattern: $0)) })
    case .strings: return .strings(fields.strings)
    case .tensors:
      var values: [Tensor] = []
      for range in fields.tensors { values.append(try tensors.tensor(range).tensor) }
      return .tensors(values)
    case .graphs:
      var values: [NetworkGraph] = []
      for range in fields.graphs { values.append(try graph(range, depth)) }
      return .graphs(values)
    case .sparse, .sparses, .typeProto, .typeProtos: throw missing("value")
    }
  }

  /// The kind by the field that is present: files of old exporters do not declare it.
  private func inferred(_ fields: Fields) -> Kind {
    if fields.f != nil { return .float }
    if fields.i != nil { return .int }
    if fields.s != nil { return .string }
    if fields.t != nil { return .tensor }
    if fields.g != nil { return .graph }
    if !fields.floats.isEmpty { return .floats }
    if !fields.strings.isEmpty { return .strings }
    if !fields.tensors.isEmpty { return .tensors }
    if !fields.graphs.isEmpty { return .graphs }
    return .ints
  }

  private func graph(_ range: Range<Int>, _ depth: Int) throws(EngineError) -> NetworkGraph {
    try ONNXGraphParser(bytes: bytes, tensors: tensors).graph(range, depth: depth + 1)
  }

  private func missing(_ what: String) -> EngineError {
    EngineError(
      .malformedFile, problem: "declares a \(what) but holds none",
      remedy: ProtobufReader.damagedRemedy)
  }
}
