#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file without a name that is written once, from start to end, and then mapped: bytes too many to be
/// held in memory.
///
/// It lies in `TMPDIR`, or else in `/var/tmp`, which is on a disk where `/tmp` may be memory. The system
/// removes it when nothing uses it any more, also after a crash.
public final class TemporaryFile {
  private let descriptor: Int32
  private let folder: String
  /// Bytes written so far.
  public private(set) var byteCount = 0

  /// Creates an empty file.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`.
  public init() throws(EngineError) {
    let named = getenv("TMPDIR").map { String(cString: $0) }
    for folder in [named, "/var/tmp", "/tmp"].compactMap({ $0 }) where !folder.isEmpty {
      var template = Array((folder + "/weightbench-XXXXXX").utf8CString)
      let descriptor = mkstemp(&template)
      guard descriptor >= 0 else { continue }
      unlink(template)
      self.descriptor = descriptor
      self.folder = folder
      return
    }
    throw EngineError(
      .writeFailed, path: named ?? "/var/tmp",
      problem: "no temporary file can be made: \(String(cString: strerror(errno)).lowercased())",
      remedy: "Set TMPDIR to a folder that may be written")
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`, as when the disk is full.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let written = write(descriptor, base, min(rest.count, 1 << 26))
      if written < 0 {
        if errno == EINTR { continue }
        throw EngineError(
          .writeFailed, path: folder,
          problem:
            "a temporary file can't be written: \(String(cString: strerror(errno)).lowercased())",
          remedy: "Free space there, or set TMPDIR to another folder")
      }
      byteCount += written
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// The bytes written, mapped.
  ///
  /// - Throws: ``EngineError`` when they can't be.
  public func mapped() throws(EngineError) -> MappedFile {
    try MappedFile(descriptor: descriptor, byteCount: byteCount, path: folder)
  }
}
