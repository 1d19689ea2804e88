import Foundation
import Tensors
import Testing

/// Bytes written to a temporary file come back, also after they were given back.
@Suite struct TemporaryFileTests {
  @Test func bytesComeBack() throws {
    let file = try TemporaryFile()
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
    for start in stride(from: 0, to: bytes.count, by: 30_000) {
      try Array(bytes[start..<min(start + 30_000, bytes.count)]).withUnsafeBytes { part in
        try file.append(part)
      }
    }
    #expect(file.byteCount == bytes.count)
    let tensor = Tensor(
      type: .uint8, shape: [1000], storage: TensorStorage(file: try file.mapped()),
      byteOffset: 99_000)
    for isWhole in [true, false] {
      #expect(tensor.array(of: UInt8.self) == Array(bytes[99_000...]))
      tensor.releasePages(isWhole: isWhole)
    }
    #expect(tensor.array(of: UInt8.self) == Array(bytes[99_000...]))
  }

  @Test func nothingWrittenIsEmpty() throws {
    #expect(try TemporaryFile().mapped().byteCount == 0)
  }
}
