import Tensors

/// Reads `TensorProto` messages; raw data becomes views of the storage that holds the file.
struct ONNXTensorParser {
  let bytes: UnsafeRawBufferPointer
  let storage: TensorStorage
  let external: ONNXExternalData

  /// What a `TensorProto` says before its data is looked at.
  private struct Header {
    var name = ""
    var shape: [Int] = []
    var typeCode = 0
    var raw: Range<Int>?
    var isExternal = false
    var entries: [String: String] = [:]
    var preserved: [UInt8] = []
  }

  /// The tensor at `range`, with its name and its uninterpreted fields.
  func tensor(
    _ range: Range<Int>
  ) throws(EngineError) -> (name: String, tensor: Tensor, preserved: [UInt8]) {
    let header = try header(range)
    do throws(EngineError) {
      return (header.name, try data(header, range), header.preserved)
    } catch {
      let subject = header.name.isEmpty ? "tensor" : "tensor '\(header.name)'"
      var located = error.within(subject)
      if located.byteOffset == nil, located.path == nil { located.byteOffset = range.lowerBound }
      throw located
    }
  }

  private func header(_ range: Range<Int>) throws(EngineError) -> Header {
    var header = Header()
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      switch field.number {
      case 1:
        var dims: [UInt64] = []
        try reader.append(field, to: &dims)
        header.shape += dims.map { Int(Int64(bitPattern: $0)) }
      case 2: header.typeCode = try field.integer()
      case 3:
        throw EngineError(
          .unsupported, byteOffset: field.range.lowerBound, subject: "tensor",
          problem: "is stored in segments", remedy: "Save the model again with the onnx package")
      case 4, 5, 6, 7, 10, 11: break
      case 8: header.name = try reader.string(field)
      case 9: header.raw = try field.bytesRange()
      case 13:
        let (key, value) = try entry(reader.message(field))
        header.entries[key] = value
      case 14: header.isExternal = try field.integer() == 1
      default: header.preserved += reader.copy(field)
      }
    }
    return header
  }

  private func entry(_ message: ProtobufReader) throws(EngineError) -> (String, String) {
    var reader = message
    var (key, value) = ("", "")
    while let field = try reader.next() {
      if field.number == 1 { key = try reader.string(field) }
      if field.number == 2 { value = try reader.string(field) }
    }
    return (key, value)
  }

  private func data(_ header: Header, _ range: Range<Int>) throws(EngineError) -> Tensor {
    guard let type = ElementType(onnxCode: header.typeCode) else {
      throw EngineError(
        .unsupported, problem: "has data type \(header.typeCode), which is not supported",
        remedy: "Convert the tensor to one of \(ElementType.allCases.count) types up to INT2")
    }
    let shape = header.shape
    guard let count = ShapeArithmetic.elementCount(shape, of: type) else {
      throw EngineError(
        .malformedFile, problem: "has the impossible shape \(shape)",
        remedy: ProtobufReader.damagedRemedy)
    }
    let needed = ShapeArithmetic.storedBytes(count, of: type)
    if header.isExternal, type != .string {
      let view = try external.view(header.entries, byteCount: needed)
      return try view.storage.withCheckedBytes { bytes throws(EngineError) in
        unpacked(type, shape, view.storage, bytes, view.byteOffset..<(view.byteOffset + needed))
      }
    }
    if let raw = header.raw, !raw.isEmpty, type != .string {
      guard raw.count == needed else {
        throw wrongCount(raw.count, "bytes", needed, shape, type)
      }
      return unpacked(type, shape, storage, bytes, raw)
    }
    return try typed(type, shape, count, range)
  }

  /// A view where memory and file agree; a copy for packed integers and sloppy booleans.
  private func unpacked(
    _ type: ElementType, _ shape: [Int], _ storage: TensorStorage,
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) -> Tensor {
    let part = UnsafeRawBufferPointer(rebasing: bytes[range])
    if type.storedBits < 8 { return PackedIntegers.unpack(part, type: type, shape: shape) }
    // A Swift Bool must be 0 or 1; files may hold other bytes for true.
    if type == .bool, part.contains(where: { $0 > 1 }) {
      return Tensor(type: .bool, shape: shape) { memory in
        for index in 0..<memory.count { memory[index] = part[index] == 0 ? 0 : 1 }
      }
    }
    return Tensor(type: type, shape: shape, storage: storage, byteOffset: range.lowerBound)
  }

  private func typed(
    _ type: ElementType, _ shape: [Int], _ count: Int, _ range: Range<Int>
  ) throws(EngineError) -> Tensor {
    if type == .string { return try strings(shape, count, range) }
    let parts = type == .complex64 || type == .complex128 ? 2 : 1
    let size = type.byteSize / parts
    let number =
      switch type {
      case .float32, .complex64: 4
      case .float64, .complex128: 10
      case .int64: 7
      case .uint64, .uint32: 11
      default: 5
      }
    var values: [UInt64] = []
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      guard field.number == number else { continue }
      if number == 4 || number == 10 {
        // One packed run has the layout of memory: no copy.
        if case .bytes(let run) = field.content, run.count == count * type.byteSize, count > 0,
          values.isEmpty
        {
          return Tensor(type: type, shape: shape, storage: storage, byteOffset: run.lowerBound)
        }
        try reader.appendFixed(field, byteSize: size, to: &values)
      } else {
        try reader.append(field, to: &values)
      }
    }
    if type.storedBits < 8 {
      let needed = ShapeArithmetic.storedBytes(count, of: type)
      guard values.count == needed else {
        throw wrongCount(values.count, "packed values", needed, shape, type)
      }
      let packed = values.map { UInt8(truncatingIfNeeded: $0) }
      return packed.withUnsafeBytes { PackedIntegers.unpack($0, type: type, shape: shape) }
    }
    guard values.count == count * parts else {
      throw wrongCount(values.count, "values", count * parts, shape, type)
    }
    return Self.store(values, type, shape, size)
  }

  private static func store(
    _ values: [UInt64], _ type: ElementType, _ shape: [Int], _ size: Int
  ) -> Tensor {
    Tensor(type: type, shape: shape) { memory in
      for (index, value) in values.enumerated() {
        let offset = index * size
        switch size {
        case 1:
          memory[offset] =
            type == .bool ? (value == 0 ? 0 : 1) : UInt8(truncatingIfNeeded: value)
        case 2:
          memory.storeBytes(
            of: UInt16(truncatingIfNeeded: value), toByteOffset: offset, as: UInt16.self)
        case 4:
          memory.storeBytes(
            of: UInt32(truncatingIfNeeded: value), toByteOffset: offset, as: UInt32.self)
        default: memory.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
        }
      }
    }
  }

  private func strings(
    _ shape: [Int], _ count: Int, _ range: Range<Int>
  ) throws(EngineError) -> Tensor {
    var strings: [String] = []
    var reader = ProtobufReader(bytes, range)
    while let field = try reader.next() {
      if field.number == 6 { strings.append(try reader.string(field)) }
    }
    guard strings.count == count else {
      throw wrongCount(strings.count, "strings", count, shape, .string)
    }
    return Tensor(shape, strings: strings)
  }

  private func wrongCount(
    _ seen: Int, _ unit: String, _ needed: Int, _ shape: [Int], _ type: ElementType
  ) -> EngineError {
    EngineError(
      .malformedFile,
      problem: "has \(seen) \(unit) where shape \(shape) of \(type) needs \(needed)",
      remedy: ProtobufReader.damagedRemedy)
  }
}
