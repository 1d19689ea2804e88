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

  /// What the system maps around a page that is touched: Linux brings in up to 64 KB, aligned.
  private static let surroundings = 1 << 16

  /// Gives back the memory of a part of the file that was read; it is read again when touched.
  ///
  /// - Parameter isWhole: Only of pages that lie in it from start to end. Otherwise also of those that the
  ///   system brought in around them: for a file that is read here and there, which would come to be held as
  ///   a whole.
  public func releasePages(_ range: Range<Int>, isWhole: Bool = true) {
    guard let base else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let start = Int(bitPattern: base)
    let end = start + (byteCount + page - 1) / page * page
    func down(_ address: Int, _ step: Int) -> Int { address / step * step }
    let first: Int
    let last: Int
    if isWhole {
      first = down(start + range.lowerBound + page - 1, page)
      last = down(start + range.upperBound, page)
    } else {
      let step = max(Self.surroundings, page)
      first = max(down(start + range.lowerBound, step), start)
      last = min(down(start + range.upperBound + step - 1, step), end)
    }
    if first < last { madvise(base + (first - start), last - first, Int32(MADV_DONTNEED)) }
  }
}
