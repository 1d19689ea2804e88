#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file mapped read-only into memory; unmapped when the last tensor that uses it goes.
///
/// Opening costs no reading: pages arrive when they are touched.
public final class MappedFile: @unchecked Sendable {
  // @unchecked: the mapping is private and read-only, and never changes after init.
  private let base: UnsafeMutableRawPointer?
  /// Length in bytes.
  public let byteCount: Int
  /// The path it was opened by.
  public let path: String

  /// Maps the file at `path`.
  ///
  /// - Throws: ``EngineError`` with code `missingFile` when it can't be opened or is not a file.
  public convenience init(path: String) throws(EngineError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw EngineError(
        .missingFile, path: path, problem: String(cString: strerror(errno)).lowercased(),
        remedy: "Check the path and that you may read it")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw EngineError(
        .missingFile, path: path, problem: "is not a regular file",
        remedy: "Give the path of a file")
    }
    try self.init(descriptor: descriptor, byteCount: Int(status.st_size), path: path)
  }

  /// Maps the first bytes of an open file.
  init(descriptor: Int32, byteCount: Int, path: String) throws(EngineError) {
    self.path = path
    self.byteCount = byteCount
    if byteCount == 0 {
      base = nil
    } else {
      guard let memory = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
        memory != MAP_FAILED
      else {
        throw EngineError(
          .missingFile, path: path,
          problem: "can't be mapped: \(String(cString: strerror(errno)))")
      }
      base = memory
    }
  }

  deinit {
    if let base { munmap(base, byteCount) }
  }

  /// Calls `body` with the bytes of the file; the pointer must not leave it.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) {
      try body(UnsafeRawBufferPointer(start: base, count: byteCount))
    }
  }

  /// Gives back the memory of a part of the file that was read; it is read again when touched.
  ///
  /// - Parameter isWhole: Only of pages that lie in it from start to end; other parts of the last and
  ///   first page are needed again soon.
  public func releasePages(_ range: Range<Int>, isWhole: Bool = true) {
    guard let base else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let up = page - 1
    let first = (range.lowerBound + (isWhole ? up : 0)) / page * page
    let last =
      min(range.upperBound + (isWhole ? 0 : up), (byteCount + up) / page * page) / page * page
    if first < last { madvise(base + first, last - first, Int32(MADV_DONTNEED)) }
  }
}
