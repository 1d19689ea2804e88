import ModelFormats
import TestSupport
import Testing

/// The vectors of FIPS 180-4 and files of the outside judge.
@Suite struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownVectors(text: String, digest: String) {
    #expect(SHA256.hex(of: Array(text.utf8)) == digest)
  }

  @Test func piecesOfAnyLengthGiveTheSameHash() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for length in [1, 55, 56, 63, 64, 65, 200] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: length) {
        bytes[start..<min(start + length, bytes.count)].withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.hexDigest() == SHA256.hex(of: bytes), "pieces of \(length)")
    }
  }

  @Test(.enabled(if: Judge.isInstalled, "no judges"))
  func everyLengthAgreesWithPython() throws {
    let script = """
      import hashlib
      for n in range(200): print(hashlib.sha256(bytes(i * 5 % 256 for i in range(n))).hexdigest())
      """
    let expected = try #require(try Judge.run(script)).split(separator: "\n").map(String.init)
    #expect(
      (0..<200).map { n in SHA256.hex(of: (0..<n).map { UInt8($0 * 5 % 256) }) } == expected)
  }

  @Test func filesAreHashed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("abc".utf8), "abc")
    #expect(
      try SHA256.hex(ofFile: path)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
