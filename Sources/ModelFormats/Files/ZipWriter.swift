import CZip
import Tensors

/// Builds a zip archive of deflated entries in memory.
enum ZipWriter {
  /// An entry made of two pieces; the second is not copied.
  struct Entry {
    let name: String
    let head: [UInt8]
    let body: Tensor?
  }

  /// Writes the archive to `file`; equal entries give equal bytes.
  static func write(_ entries: [Entry], to file: AtomicFile) throws(EngineError) {
    guard let writer = czip_create() else { throw failed("memory ran out") }
    var added = true
    var bytes: UnsafeMutableRawPointer?
    var length = 0
    // The pieces are read when the archive is finished. Array and tensor storage stay in place as
    // long as `entries` lives, which is until after that.
    let finished = withExtendedLifetime(entries) {
      let heads = entries.map { entry in
        let copy = UnsafeMutableRawBufferPointer.allocate(
          byteCount: max(entry.head.count, 1), alignment: 1)
        entry.head.withUnsafeBytes { copy.copyMemory(from: $0) }
        return copy
      }
      defer { for head in heads { head.deallocate() } }
      for (entry, head) in zip(entries, heads) {
        let body = entry.body?.withBytes { $0 }
        added =
          added
          && czip_add(
            writer, entry.name, head.baseAddress, entry.head.count, body?.baseAddress,
            body?.count ?? 0) != 0
      }
      return ZipArchive.withMessage { czip_finish(writer, &bytes, &length, $0, $1) }
    }
    guard let bytes, added, finished.value != 0 else {
      czip_free(bytes)
      throw failed(finished.message)
    }
    defer { czip_free(bytes) }
    try file.append(UnsafeRawBufferPointer(start: bytes, count: length))
  }

  private static func failed(_ message: String) -> EngineError {
    EngineError(
      .writeFailed, problem: "the archive can't be built: \(message)",
      remedy: "Close other programs or write less at once")
  }
}
