import Datasets
import Foundation
import ModelFormats
import Tensors
import TestSupport
import Testing

/// Images of more bytes than are held in memory are read from a mapped file, and are the same.
@Suite struct LargeArrayTests {
  let folder: TemporaryFolder
  private static let count = 11_500

  init() throws { folder = try TemporaryFolder() }

  /// Pixel `at` of image `index`.
  private static func pixel(_ index: Int, _ at: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: index &* 31 &+ at &* 7 &+ at / 256)
  }

  private static func images(_ shape: [Int]) -> Tensor {
    let size = shape.dropFirst().reduce(1, *)
    return .building(shape, of: UInt8.self) { out in
      for index in 0..<shape[0] {
        for at in 0..<size { out[index * size + at] = pixel(index, at) }
      }
    }
  }

  private static let chosen = [0, 1, 5_000, count - 1, 7]

  @Test func channelsFirst() throws {
    let path = folder.path + "/a.npz"
    try NPZFile.write(["images": Self.images([Self.count, 3, 32, 32])], to: path)
    let data = try EvaluationData.open(path: path, limit: nil)
    #expect(data.count == Self.count)
    let expected = Self.chosen.flatMap { index in (0..<3072).map { Self.pixel(index, $0) } }
    // Twice: what was given back is read again.
    for _ in 0..<2 { #expect(try pixels(data, Self.chosen).array(of: UInt8.self) == expected) }
  }

  @Test func channelsLast() throws {
    let path = folder.path + "/a.npz"
    try NPZFile.write(["images": Self.images([Self.count, 32, 32, 3])], to: path)
    let data = try EvaluationData.open(path: path, limit: nil)
    let expected = Self.chosen.flatMap { index in
      (0..<3072).map { Self.pixel(index, $0 % 1024 * 3 + $0 / 1024) }
    }
    #expect(try pixels(data, Self.chosen).array(of: UInt8.self) == expected)
  }

  @Test(.enabled(if: JudgePython.isAvailable, "no judges: no gzip made"))
  func gzippedIDX() throws {
    let path = folder.path + "/b-images-idx3-ubyte.gz"
    let script = """
      import gzip, struct, sys
      import numpy as np
      n = int(sys.argv[2])
      i, at = np.arange(n, dtype=np.int64)[:, None], np.arange(3072, dtype=np.int64)[None]
      pixels = (i * 31 + at * 7 + at // 256).astype(np.uint8)
      with gzip.open(sys.argv[1], "wb", compresslevel=1) as f:
          f.write(struct.pack(">BBBBIII", 0, 0, 8, 3, n, 48, 64) + pixels.tobytes())
      """
    _ = try JudgePython.run(script, arguments: [path, "\(Self.count)"])
    let data = try EvaluationData.open(path: path, limit: nil)
    let expected = Self.chosen.flatMap { index in (0..<3072).map { Self.pixel(index, $0) } }
    #expect(try pixels(data, Self.chosen).array(of: UInt8.self) == expected)
    var cut = try Data(contentsOf: URL(filePath: path))
    cut.removeLast(cut.count / 2)
    try cut.write(to: URL(filePath: path))
    expectError("ends before its \(Self.count) items do") {
      _ = try EvaluationData.open(path: path, limit: nil)
    }
  }
}
