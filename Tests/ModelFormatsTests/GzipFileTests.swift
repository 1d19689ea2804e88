import ModelFormats
import Tensors
import Testing

/// Gzip files: whole, joined, cut off, damaged, and too large.
@Suite struct GzipFileTests {
  /// "hello\n" as gzip -9 -n writes it.
  static let hello: [UInt8] = [
    0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0x02, 0x00,
    0x20, 0x30, 0x3A, 0x36, 0x06, 0x00, 0x00, 0x00,
  ]

  @Test func membersAreJoined() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.hello + Self.hello, "a.gz")
    #expect(GzipFile.isGzip(path: path))
    #expect(try GzipFile.read(path: path, limit: 12) == Array("hello\nhello\n".utf8))
  }

  @Test func theLimitHolds() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.hello, "a.gz")
    let error = try #require(throws: EngineError.self) { try GzipFile.read(path: path, limit: 5) }
    #expect(error.description.contains("more than the 5 bytes"))
    #expect(error.path == path)
  }

  @Test func truncationsAreErrors() throws {
    let folder = try TemporaryFolder()
    for length in 2..<Self.hello.count {
      let path = try folder.write(Array(Self.hello.prefix(length)), "a.gz")
      let error = try #require(throws: EngineError.self) {
        try GzipFile.read(path: path, limit: 100)
      }
      #expect(error.code == .truncatedFile, "\(length) bytes")
    }
  }

  @Test func damageIsAnError() throws {
    let folder = try TemporaryFolder()
    for index in [10, 19, 22] {
      var bytes = Self.hello
      bytes[index] ^= 0x55
      let path = try folder.write(bytes, "a.gz")
      #expect(throws: EngineError.self, "byte \(index)") {
        try GzipFile.read(path: path, limit: 100)
      }
    }
    let text = try folder.write(Array("no gzip".utf8), "a.txt")
    #expect(!GzipFile.isGzip(path: text))
    let error = try #require(throws: EngineError.self) {
      try GzipFile.read(path: text, limit: 100)
    }
    #expect(error.description.contains("is not a gzip file"))
  }
}
