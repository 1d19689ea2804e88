import CZip
import Tensors

/// The IDX format of MNIST: a magic number, big-endian lengths, bytes; gzipped or not.
struct IDXFile {
  /// The first `limit` items of a file of unsigned bytes; a plain file is mapped, not read.
  static func read(_ path: String, limit: Int?) throws(EngineError) -> Tensor {
    let file = try MappedFile(path: path)
    do {
      let isPacked = file.withBytes { $0.starts(with: [0x1F, 0x8B]) }
      return isPacked ? try unpack(file, limit: limit) : try map(file, limit: limit)
    } catch {
      throw error.inFile(path)
    }
  }

  /// Whether bytes start like an IDX file of images or labels.
  static func isIDX(_ start: [UInt8]) -> Bool {
    start.count >= 4 && start[0] == 0 && start[1] == 0 && (0x08...0x0E).contains(start[2])
      && (1...4).contains(start[3])
  }

  private static func map(_ file: MappedFile, limit: Int?) throws(EngineError) -> Tensor {
    let header = try shape(file.withBytes { Array($0.prefix(20)) })
    let total = header.offset + header.byteCount
    guard file.byteCount >= total else {
      throw EngineError(
        .truncatedFile,
        problem: "has \(file.byteCount) bytes where its header says \(total)",
        remedy: "Get the file again")
    }
    guard file.byteCount == total else {
      throw EngineError(
        .malformedFile, byteOffset: total,
        problem: "goes on for \(file.byteCount - total) bytes after its last item",
        remedy: "Get the file again")
    }
    let whole = Tensor(
      type: .uint8, shape: header.shape, storage: TensorStorage(file: file),
      byteOffset: header.offset)
    return whole.firstRows(limit ?? Int.max)
  }

  private static func unpack(_ file: MappedFile, limit: Int?) throws(EngineError) -> Tensor {
    var start = [UInt8](repeating: 0, count: 20)
    start.removeLast(20 - (try unpack(file, into: &start)))
    let header = try shape(start)
    var wanted = header.shape
    wanted[0] = min(wanted[0], limit ?? Int.max)
    let needed =
      header.offset
      + (header.shape[0] == 0
        ? 0 : header.byteCount / header.shape[0] * wanted[0])
    // Deflate packs at most 1032 to 1: a longer claim is refused before memory is taken for it.
    guard (header.offset + header.byteCount) / 1032 <= file.byteCount else {
      throw EngineError(
        .truncatedFile,
        problem: "its header says \(header.byteCount) bytes, more than the file can hold",
        remedy: "Get the file again")
    }
    if needed > ArrayPixels.largestInMemory, let copy = try? TemporaryFile() {
      let storage = try unpack(file, needed, items: header.shape[0], into: copy)
      return Tensor(type: .uint8, shape: wanted, storage: storage, byteOffset: header.offset)
    }
    var result: Result<Int, EngineError> = .success(0)
    let storage = TensorStorage(byteCount: needed) { bytes in
      result = Result { () throws(EngineError) in try inflate(file, into: bytes) }
    }
    guard try result.get() == needed else { throw tooShort(header.shape[0]) }
    return Tensor(type: .uint8, shape: wanted, storage: storage, byteOffset: header.offset)
  }

  private static func tooShort(_ items: Int) -> EngineError {
    EngineError(
      .truncatedFile, problem: "ends before its \(items) items do", remedy: "Get the file again")
  }

  /// The first `needed` bytes, in a temporary file.
  private static func unpack(
    _ file: MappedFile, _ needed: Int, items: Int, into copy: TemporaryFile
  ) throws(EngineError) -> TensorStorage {
    let result: Result<Void, EngineError> = file.withBytes { packed in
      Result { () throws(EngineError) in
        guard let inflater = czip_inflate_begin(packed.baseAddress, packed.count) else {
          throw damaged
        }
        defer { czip_inflate_end(inflater) }
        let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { part.deallocate() }
        while copy.byteCount < needed {
          let count = czip_inflate_read(
            inflater, part.baseAddress, min(part.count, needed - copy.byteCount))
          guard count > 0 else {
            throw count == 0 || count == Int64(CZIP_TRUNCATED) ? tooShort(items) : damaged
          }
          try copy.append(UnsafeRawBufferPointer(rebasing: part[..<Int(count)]))
        }
      }
    }
    try result.get()
    return TensorStorage(file: try copy.mapped())
  }

  private static var damaged: EngineError {
    EngineError(.malformedFile, problem: "is damaged gzip data", remedy: "Get the file again")
  }

  private static func unpack(
    _ file: MappedFile, into bytes: inout [UInt8]
  ) throws(EngineError) -> Int {
    let result = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(EngineError) in try inflate(file, into: buffer) }
    }
    return try result.get()
  }

  private static func inflate(
    _ file: MappedFile, into bytes: UnsafeMutableRawBufferPointer
  ) throws(EngineError) -> Int {
    let written = file.withBytes { packed -> Int? in
      guard let inflater = czip_inflate_begin(packed.baseAddress, packed.count) else { return nil }
      defer { czip_inflate_end(inflater) }
      var position = 0
      while position < bytes.count {
        let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[position...])
        let count = czip_inflate_read(inflater, piece.baseAddress, piece.count)
        guard count >= 0 else { return count == Int64(CZIP_TRUNCATED) ? position : nil }
        if count == 0 { break }
        position += Int(count)
      }
      return position
    }
    guard let written else { throw damaged }
    return written
  }

  private static func shape(
    _ bytes: [UInt8]
  ) throws(EngineError) -> (shape: [Int], offset: Int, byteCount: Int) {
    guard isIDX(bytes) else {
      throw EngineError(
        .malformedFile, problem: "is not an IDX file", remedy: "Give a file as of MNIST")
    }
    guard bytes[2] == 8 else {
      throw EngineError(
        .unsupported, problem: "holds elements of type \(bytes[2]); unsigned bytes (8) are read",
        remedy: "Store the images in an .npz file")
    }
    let rank = Int(bytes[3])
    guard bytes.count >= 4 + 4 * rank else {
      throw EngineError(
        .truncatedFile, problem: "ends within its header", remedy: "Get the file again")
    }
    var shape: [Int] = []
    var count = 1
    for axis in 0..<rank {
      let at = 4 + 4 * axis
      let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let product = count.multipliedReportingOverflow(by: length)
      guard !product.overflow, product.partialValue <= 1 << 46 else {
        throw EngineError(
          .malformedFile, byteOffset: at, problem: "its lengths are too large",
          remedy: "Get the file again")
      }
      count = product.partialValue
      shape.append(length)
    }
    return (shape, 4 + 4 * rank, count)
  }
}
