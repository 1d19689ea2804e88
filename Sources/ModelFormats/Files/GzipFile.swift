import CZip
import Tensors

/// Reads gzip files, the form in which IDX data sets are handed out.
public struct GzipFile {
  /// The decompressed content of the file at `path`; several members are joined.
  ///
  /// - Parameter limit: The most bytes that may come out of it.
  /// - Throws: ``EngineError`` when the file is damaged, cut off, or unfolds beyond the limit.
  public static func read(path: String, limit: Int) throws(EngineError) -> [UInt8] {
    let storage = TensorStorage(file: try MappedFile(path: path))
    return try storage.withCheckedBytes { bytes throws(EngineError) in
      do throws(EngineError) {
        return try inflate(bytes, limit: limit)
      } catch {
        throw error.inFile(path)
      }
    }
  }

  /// Whether the file at `path` starts as a gzip file does.
  public static func isGzip(path: String) -> Bool {
    guard let file = try? MappedFile(path: path) else { return false }
    return file.withBytes { $0.starts(with: [0x1F, 0x8B]) }
  }

  private static func inflate(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(EngineError) -> [UInt8] {
    guard bytes.starts(with: [0x1F, 0x8B]) else {
      throw EngineError(
        .malformedFile, problem: "is not a gzip file", remedy: "Give a file that gzip wrote")
    }
    guard let inflater = czip_inflate_begin(bytes.baseAddress, bytes.count) else {
      throw EngineError(.malformedFile, problem: "can't be decompressed: memory ran out")
    }
    defer { czip_inflate_end(inflater) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes {
        czip_inflate_read(inflater, $0.baseAddress, $0.count)
      }
      if count == 0 { return content }
      guard count > 0 else {
        throw EngineError(
          count == Int64(CZIP_TRUNCATED) ? .truncatedFile : .malformedFile,
          problem: count == Int64(CZIP_TRUNCATED)
            ? "ends before its compressed content does" : "holds damaged compressed content",
          remedy: "Copy or download the file again")
      }
      guard content.count + Int(count) <= limit else {
        throw EngineError(
          .malformedFile, problem: "unfolds to more than the \(limit) bytes that are allowed",
          remedy: "Check that this is the file you mean")
      }
      content += chunk.prefix(Int(count))
    }
  }
}
