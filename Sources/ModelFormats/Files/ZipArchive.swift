import CZip
import Tensors

/// A zip archive opened for reading over bytes that outlive it.
final class ZipArchive {
  /// What the archive's directory says about an entry, checked against the archive's own size.
  struct Entry {
    let index: UInt64
    let name: String
    let size: Int
  }

  /// The most bytes that all entries together may unfold to.
  static let largestContent = 16 << 30
  /// Deflate can't do better than 1 to 1032; directories that claim more are lying.
  private static let highestRatio: UInt64 = 1100

  let entries: [Entry]
  private let archive: OpaquePointer

  init(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
    let opened = Self.withMessage { czip_open(bytes.baseAddress, bytes.count, $0, $1) }
    guard let archive = opened.value else {
      throw EngineError(
        .malformedFile, problem: "is not a readable zip archive: \(opened.message)",
        remedy: "Copy, download or save the file again")
    }
    self.archive = archive
    do throws(EngineError) {
      entries = try Self.list(archive, fileSize: UInt64(bytes.count))
    } catch {
      // A class that throws while properties are unset runs no deinit.
      czip_close(archive)
      throw error
    }
  }

  deinit { czip_close(archive) }

  private static func list(
    _ archive: OpaquePointer, fileSize: UInt64
  ) throws(EngineError) -> [Entry] {
    var entries: [Entry] = []
    var names = Set<String>()
    var content: UInt64 = 0
    var compressed: UInt64 = 0
    for index in 0..<UInt64(max(czip_count(archive), 0)) {
      var entry = czip_entry()
      guard czip_describe(archive, index, &entry) != 0, entry.is_complete != 0 else {
        throw malformed("entry \(index) can't be described")
      }
      let name = String(cString: entry.name)
      guard entry.is_encrypted == 0 else {
        throw EngineError(
          .unsupported, subject: "entry '\(name)'", problem: "is encrypted",
          remedy: "Save the file without a password")
      }
      guard names.insert(name).inserted else { throw malformed("entry '\(name)' occurs twice") }
      // Entries that share their compressed bytes would multiply them.
      guard entry.compressed_size <= fileSize - compressed else {
        throw malformed("entry '\(name)' claims more bytes than the file has")
      }
      compressed += entry.compressed_size
      guard entry.size <= UInt64(largestContent) - content else {
        throw malformed("its entries unfold to more than \(largestContent >> 30) GiB")
      }
      content += entry.size
      guard entry.size <= entry.compressed_size * highestRatio + 64 else {
        throw malformed(
          "entry '\(name)' claims to unfold \(entry.compressed_size) bytes to \(entry.size)")
      }
      entries.append(Entry(index: index, name: name, size: Int(entry.size)))
    }
    return entries
  }

  /// Opens an entry for reading from its start.
  func open(_ entry: Entry) throws(EngineError) -> ZipEntryReader {
    let opened = Self.withMessage { czip_entry_open(archive, entry.index, $0, $1) }
    guard let stream = opened.value else {
      throw EngineError(
        .malformedFile, subject: "entry '\(entry.name)'",
        problem: "can't be read: \(opened.message)", remedy: "Save the file again")
    }
    return ZipEntryReader(stream, entry)
  }

  static func withMessage<R>(
    _ body: (UnsafeMutablePointer<CChar>?, Int) -> R
  ) -> (value: R, message: String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 200) { text in
      text.initialize(repeating: 0)
      let value = body(text.baseAddress, text.count)
      return (value, text.baseAddress.map { String(cString: $0).lowercased() } ?? "")
    }
  }

  private static func malformed(_ problem: String) -> EngineError {
    EngineError(
      .malformedFile, problem: problem, remedy: "Copy, download or save the file again")
  }
}
