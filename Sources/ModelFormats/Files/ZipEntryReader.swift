import CZip
import Tensors

/// Decompresses one entry of a ``ZipArchive`` from its start to its end.
final class ZipEntryReader {
  /// Bytes that the entry still has to give.
  private(set) var left: Int
  private let stream: OpaquePointer
  private let name: String

  init(_ stream: OpaquePointer, _ entry: ZipArchive.Entry) {
    self.stream = stream
    name = entry.name
    left = entry.size
  }

  deinit { czip_entry_close(stream) }

  /// Fills all of `memory`, which must not be longer than what is left.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(EngineError) {
    guard memory.count <= left else { throw damaged("ends too early") }
    var done = 0
    while done < memory.count, let base = memory.baseAddress {
      let count = czip_entry_read(stream, base + done, min(memory.count - done, 1 << 30))
      guard count > 0 else {
        throw damaged(count == 0 ? "ends too early" : "holds damaged compressed content")
      }
      done += Int(count)
    }
    left -= done
  }

  /// The next `count` bytes.
  func read(_ count: Int) throws(EngineError) -> [UInt8] {
    guard count <= left else { throw damaged("ends too early") }
    var bytes = [UInt8](repeating: 0, count: count)
    let result: Result<Void, EngineError> = bytes.withUnsafeMutableBytes { memory in
      do throws(EngineError) {
        return .success(try read(into: memory))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    return bytes
  }

  /// Checks that the content ends here, with the right checksum.
  func finish() throws(EngineError) {
    var byte: UInt8 = 0
    let count = czip_entry_read(stream, &byte, 1)
    if left != 0 || count > 0 { throw damaged("is longer than its array") }
    if count < 0 { throw damaged("has the wrong checksum") }
  }

  private func damaged(_ problem: String) -> EngineError {
    EngineError(
      .malformedFile, subject: "entry '\(name)'", problem: problem,
      remedy: "Copy, download or save the file again")
  }
}
