import Foundation
import Tensors

/// A file that appears under its name only when it is complete.
///
/// The bytes go to a temporary file beside the target. ``commit()`` forces them to the disk and
/// renames; a file that was there before stays untouched until then. An instance that goes away
/// without a commit removes its temporary file. Devices such as `/dev/stdout` are written directly.
public final class AtomicFile {
  private let target: String
  private let temporary: String?
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isOpen = true

  /// Bytes appended so far.
  public private(set) var byteCount = 0

  private static let bufferSize = 1 << 18

  /// Creates the temporary file for `path`.
  public init(path: String) throws(EngineError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if path.isEmpty || (exists && kind == S_IFDIR) {
      throw EngineError(
        .writeFailed, path: path, problem: "can't be written: it is a folder",
        remedy: "Give the path of a file")
    }
    if exists, kind != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Self.failure(errno, path) }
      (target, temporary) = (path, nil)
      return
    }
    // Through a symbolic link the file is replaced, not the link.
    target = exists ? Self.resolved(path) : path
    (descriptor, temporary) = try Self.createBeside(target, path)
    if exists { fchmod(descriptor, status.st_mode & 0o777) }
  }

  deinit {
    if isOpen {
      close(descriptor)
      if let temporary { unlink(temporary) }
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func createBeside(
    _ target: String, _ path: String
  ) throws(EngineError) -> (Int32, String) {
    let folder = (target as NSString).deletingLastPathComponent
    let name = (target as NSString).lastPathComponent
    for attempt in 0..<100 {
      let suffix = attempt == 0 ? "" : "-\(attempt)"
      let file = ".\(name).partial-\(getpid())\(suffix)"
      let temporary = folder.isEmpty ? file : folder + "/" + file
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (descriptor, temporary) }
      // Another write to the same target, or the rest of a process with our number.
      guard errno == EEXIST else { throw failure(errno, path) }
    }
    throw failure(EEXIST, path)
  }

  /// Adds bytes at the end.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    byteCount += bytes.count
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count >= Self.bufferSize {
      try write(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Adds bytes at the end.
  public func append(_ bytes: [UInt8]) throws(EngineError) {
    let result: Result<Void, EngineError> = bytes.withUnsafeBytes { part in
      do throws(EngineError) {
        return .success(try append(part))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private func flush() throws(EngineError) {
    let part = buffer
    buffer.removeAll(keepingCapacity: true)
    let result: Result<Void, EngineError> = part.withUnsafeBytes { bytes in
      do throws(EngineError) {
        return .success(try write(bytes))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let written = Foundation.write(descriptor, base, min(rest.count, 1 << 26))
      if written < 0 {
        if errno == EINTR { continue }
        throw Self.failure(errno, target)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Makes the file appear under its name.
  ///
  /// - Returns: Its length in bytes.
  @discardableResult
  public func commit() throws(EngineError) -> Int {
    try flush()
    if let temporary {
      guard fsync(descriptor) == 0, rename(temporary, target) == 0 else {
        throw Self.failure(errno, target)
      }
      syncFolder()
    }
    isOpen = false
    close(descriptor)
    return byteCount
  }

  /// Makes the new name survive a power failure, where the file system can.
  private func syncFolder() {
    let folder = (target as NSString).deletingLastPathComponent
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func failure(_ number: Int32, _ path: String) -> EngineError {
    let reason = String(cString: strerror(number)).lowercased()
    let remedy =
      switch number {
      case ENOSPC, EDQUOT: "Free space on the disk, or write to another one"
      case EACCES, EPERM, EROFS: "Check that you may write there, or choose another folder"
      case ENOENT, ENOTDIR: "Create the folder first"
      case EFBIG: "Write to a file system that takes files of this size"
      default: "Check the path, or write to another folder"
      }
    return EngineError(
      .writeFailed, path: path, problem: "can't be written: \(reason)", remedy: remedy)
  }

  /// Writes a whole file: `body` appends to it; what it throws leaves nothing behind.
  ///
  /// - Returns: Its length in bytes.
  @discardableResult
  public static func write(
    to path: String, _ body: (AtomicFile) throws(EngineError) -> Void
  ) throws(EngineError) -> Int {
    let file = try AtomicFile(path: path)
    try body(file)
    return try file.commit()
  }
}
