import Tensors

/// NumPy's `.npy` format, versions 1 to 3: little-endian numbers, booleans and strings.
public struct NPYCoding {
  /// The array in `bytes`.
  public static func decode(_ bytes: [UInt8]) throws(EngineError) -> Tensor {
    let storage = TensorStorage(bytes: bytes)
    return try storage.withCheckedBytes { bytes throws(EngineError) in
      try decode(bytes, in: storage)
    }
  }

  /// The array in the file at `path`, a view of the mapped file where the layout allows.
  public static func read(path: String) throws(EngineError) -> Tensor {
    do throws(EngineError) {
      let storage = TensorStorage(file: try MappedFile(path: path))
      return try storage.withCheckedBytes { bytes throws(EngineError) in
        try decode(bytes, in: storage)
      }
    } catch {
      throw error.inFile(path)
    }
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, in storage: TensorStorage
  ) throws(EngineError) -> Tensor {
    let offset = try NPYHeader.dataOffset(bytes)
    guard offset <= bytes.count else {
      throw EngineError(
        .truncatedFile, problem: "ends inside its header", remedy: "Copy the file again")
    }
    let header = try NPYHeader(bytes[..<offset])
    guard bytes.count - offset == header.dataBytes else {
      throw EngineError(
        bytes.count - offset < header.dataBytes ? .truncatedFile : .malformedFile,
        byteOffset: offset,
        problem:
          "has \(bytes.count - offset) bytes of data where its shape needs \(header.dataBytes)",
        remedy: "Copy the file again, or save it again with numpy.save")
    }
    guard case .numbers(let type) = header.elements else {
      return strings(UnsafeRawBufferPointer(rebasing: bytes[offset...]), header)
    }
    return arranged(
      Tensor(type: type, shape: header.shape, storage: storage, byteOffset: offset), header)
  }

  /// The array that `reader` gives, decompressed straight into its tensor, or into a temporary file when
  /// it has more than `largest` bytes.
  ///
  /// - Parameter archive: The file that it is read from, which is then held in memory no more than it.
  static func decode(
    _ reader: ZipEntryReader, of archive: MappedFile?, inMemoryUpTo largest: Int? = nil
  ) throws(EngineError) -> Tensor {
    let prefix = try reader.read(NPYHeader.prefixLength)
    let offset = try NPYHeader.dataOffset(prefix)
    let header = try NPYHeader(prefix + reader.read(max(offset - prefix.count, 0)))
    guard reader.left == header.dataBytes else {
      throw NPYHeader.malformed(
        "has \(reader.left) bytes of data where its shape needs \(header.dataBytes)")
    }
    guard case .numbers(let type) = header.elements else {
      let bytes = try reader.read(header.dataBytes)
      try reader.finish()
      return bytes.withUnsafeBytes { strings($0, header) }
    }
    if let largest, header.dataBytes > largest, let file = try? TemporaryFile() {
      return arranged(
        Tensor(
          type: type, shape: header.shape, storage: try unfold(reader, of: archive, into: file)),
        header)
    }
    var failure: EngineError?
    let tensor = Tensor(type: type, shape: header.shape) { memory in
      do throws(EngineError) {
        try reader.read(into: memory)
        try reader.finish()
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return arranged(tensor, header)
  }

  private static func unfold(
    _ reader: ZipEntryReader, of archive: MappedFile?, into file: TemporaryFile
  ) throws(EngineError) -> TensorStorage {
    while reader.left > 0 {
      let part = TensorStorage(bytes: try reader.read(min(reader.left, 1 << 20)))
      try part.withCheckedBytes { bytes throws(EngineError) in try file.append(bytes) }
      if let archive, file.byteCount & ((16 << 20) - 1) == 0 {
        archive.releasePages(0..<archive.byteCount)
      }
    }
    try reader.finish()
    return TensorStorage(file: try file.mapped())
  }

  /// Row-major, with booleans that are 0 or 1.
  private static func arranged(_ tensor: Tensor, _ header: NPYHeader) -> Tensor {
    let ordered = header.isFortranOrder && tensor.rank > 1 ? transposed(tensor) : tensor
    guard ordered.type == .bool, ordered.withBytes({ $0.contains { $0 > 1 } }) else {
      return ordered
    }
    return Tensor(type: .bool, shape: ordered.shape) { memory in
      ordered.withBytes { bytes in
        for (index, byte) in bytes.enumerated() { memory[index] = byte == 0 ? 0 : 1 }
      }
    }
  }

  /// Column-major elements in row-major order.
  private static func transposed(_ tensor: Tensor) -> Tensor {
    let shape = tensor.shape
    let size = tensor.type.byteSize
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * max(shape[axis - 1], 1) }
    return Tensor(type: tensor.type, shape: shape) { memory in
      tensor.withBytes { bytes in
        var index = [Int](repeating: 0, count: shape.count)
        var source = 0
        for target in stride(from: 0, to: memory.count, by: size) {
          for byte in 0..<size { memory[target + byte] = bytes[source * size + byte] }
          for axis in shape.indices.reversed() {
            index[axis] += 1
            source += strides[axis]
            if index[axis] < shape[axis] { break }
            source -= index[axis] * strides[axis]
            index[axis] = 0
          }
        }
      }
    }
  }

  private static func strings(_ bytes: UnsafeRawBufferPointer, _ header: NPYHeader) -> Tensor {
    let width = header.count == 0 ? 0 : header.dataBytes / header.count
    let values = (0..<header.count).map { index in
      let field = bytes[(index * width)..<((index + 1) * width)]
      if case .byteString = header.elements {
        return String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
      }
      var scalars = String.UnicodeScalarView()
      for start in stride(from: field.startIndex, to: field.endIndex, by: 4) {
        let code = bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
        if code == 0 { break }
        scalars.append(Unicode.Scalar(code) ?? "\u{FFFD}")
      }
      return String(scalars)
    }
    return Tensor(header.shape, strings: values)
  }

  /// The bytes of a `.npy` file of `tensor`, as `numpy.save` writes it.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` for types NumPy does not have.
  public static func encode(_ tensor: Tensor) throws(EngineError) -> [UInt8] {
    try header(of: tensor) + tensor.withBytes { Array($0) }
  }

  /// The header of `tensor`; packed integer types are stored as the bytes they take in memory.
  static func header(of tensor: Tensor) throws(EngineError) -> [UInt8] {
    let type = Float8(tensor.type) == nil ? tensor.type.memoryType : tensor.type
    guard let code = NPYHeader.types.first(where: { $0.type == type })?.code else {
      throw EngineError(
        .unsupported, problem: "\(tensor.type) has no NumPy type",
        remedy: "Convert the tensor to float32 first")
    }
    let lengths = tensor.shape.map { "\($0)" }
    let shape = lengths.count == 1 ? "\(lengths[0])," : lengths.joined(separator: ", ")
    let descr = (type.byteSize == 1 ? "|" : "<") + code
    var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(shape)), }"
    // Padded so that the data starts at a multiple of 64.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let length = text.utf8.count
    return NPYHeader.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }
}
