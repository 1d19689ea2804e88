import Datasets
import ModelFormats
import OrderedCollections
import Tensors
import Testing

/// The formula of preprocessing, in float32 and in its order, for bytes and floats.
@Suite struct PreprocessingTests {
  let folder: TemporaryFolder
  static let bytes: [UInt8] = [0, 1, 127, 200, 254, 255]

  init() throws { folder = try TemporaryFolder() }

  private func open(
    _ arrays: OrderedDictionary<String, Tensor>, _ description: String? = nil
  ) throws -> EvaluationData {
    try NPZFile.write(arrays, to: folder.path + "/d.npz")
    if let description { try folder.write(description, to: "d.yaml") }
    return try EvaluationData.open(path: folder.path + "/d.npz", limit: nil)
  }

  /// Bit patterns as NumPy computes (pixel / scale - mean) / std in float32.
  @Test(arguments: [
    (
      "scale: 255, mean: [0.485], std: [0.229]",
      [0xC007_8BBD, 0xC006_732B, 0x3D69_39A6, 0x3FA7_4D4F, 0x400E_D58A, 0x400F_EE1D] as [UInt32]
    ),
    (
      "scale: 255, mean: 0.286, std: 0.353",
      [0xBF4F_6929, 0xBF4C_911B, 0x3F19_C603, 0x3FB4_B111, 0x4000_BD4C, 0x4001_734F]
    ),
    (
      "scale: 1, mean: [0.5], std: [0.25]",
      [0xC000_0000, 0x4000_0000, 0x43FD_0000, 0x4447_8000, 0x447D_8000, 0x447E_8000]
    ),
  ])
  func bitsAreNumPys(keys: String, expected: [UInt32]) throws {
    let data = try open(["images": Tensor([1, 1, 2, 3], Self.bytes)], "input: {\(keys)}")
    #expect(try batch(data, [0]).array(of: Float.self).map(\.bitPattern) == expected)
    let floats = try open(["images": Tensor([1, 1, 2, 3], Self.bytes.map { Float($0) })])
    #expect(try batch(floats, [0]).array(of: Float.self).map(\.bitPattern) == expected)
  }

  @Test func floatsAreUsedAsTheyAre() throws {
    let values: [Float] = [-1.5, 0, .pi, 7e9]
    let data = try open(["x": Tensor([2, 1, 1, 2], values), "y": Tensor([2], [3, 4] as [Int32])])
    #expect(try batch(data, [1, 0]).array(of: Float.self) == [.pi, 7e9, -1.5, 0])
    #expect(data.labels == [3, 4])
    #expect(data.notes == ["mean and std are unknown: pixels are used as they are"])
  }

  @Test func channelsLastIsRecognizedAndWanted() throws {
    // Two images of 2 x 5 with three channels: value = 100 image + 10 position + channel.
    var values: [UInt8] = []
    for image in 0..<2 {
      for position in 0..<10 {
        for channel in 0..<3 { values.append(UInt8(100 * image + 10 * position + channel)) }
      }
    }
    let data = try open(["x_test": Tensor([2, 2, 5, 3], values)])
    let plain = try batch(data, [1], [nil, 3, 2, 5])
    #expect(plain.shape == [1, 3, 2, 5])
    var expected: [Float] = []
    for channel in 0..<3 {
      for position in 0..<10 { expected.append(Float(100 + 10 * position + channel) / 255) }
    }
    #expect(plain.array(of: Float.self) == expected)
    let last = try batch(data, [1], [nil, 2, 5, 3])
    #expect(last.shape == [1, 2, 5, 3])
    let interleaved: [Float] = values.suffix(30).map { Float($0) / 255 }
    #expect(last.array(of: Float.self) == interleaved)
    // Told so, the same bytes are two images of 5 x 3 with two channels.
    let told = try open(["x_test": Tensor([2, 2, 5, 3], values)], "input: {layout: NCHW}")
    #expect(try pixels(told, [0]).shape == [1, 2, 5, 3])
  }

  @Test func otherFormsAndTypes() throws {
    let data = try open(["images": Tensor([2, 2, 3], Array(0..<12) as [UInt8])])
    #expect(try batch(data, [1], [nil, 6]).shape == [1, 6])
    #expect(try batch(data, [1], [nil, 2, 3]).shape == [1, 2, 3])
    let half = try data.inputs(for: [0], graphInputs: [input(nil, type: .float16)])
    #expect(half["input"]?.type == .float16)
    #expect(half["input"]?.doubles[5] == Double(Float16(Float(5) / 255)))
    let wide = try open(["images": Tensor([1, 1, 1, 2], [3, 700] as [Int64])])
    #expect(try batch(wide, [0]).array(of: Float.self) == [3, 700])
    #expect(wide.notes.contains { $0.contains("int64") })
    let features = try open(["features": Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Float])])
    #expect(try batch(features, [1], [nil, 3]).array(of: Float.self) == [4, 5, 6])
    expectError("input 'input'", "vectors of 3 values") {
      try features.check(against: [input([nil, 3, 4, 4])])
    }
  }

  @Test func emptyBatch() throws {
    let data = try open(["images": Tensor([2, 2, 3], Array(0..<12) as [UInt8])])
    #expect(try batch(data, [], [nil, 1, 2, 3]).shape == [0, 1, 2, 3])
    expectError("item 2 of 2") { _ = try batch(data, [0, 2]) }
    expectError("item -1 of 2") { _ = try batch(data, [-1]) }
  }

  @Test func arraysCanBeResized() throws {
    let rgb = Tensor([1, 3, 9, 13], Fixtures.colorPNGRGB)
    let data = try open(["images": rgb], "input: {resize: 6, crop: 5}")
    #expect(try pixels(data, [0]).array(of: UInt8.self) == Fixtures.colorCropped)
    expectError("uint8 images") {
      _ = try open(["images": Tensor([1, 1, 2, 2], [1, 2, 3, 4] as [Float])])
    }
  }

  @Test func manyThreadsGetTheSameBatches() async throws {
    let values = (0..<64 * 48).map { (index: Int) in
      UInt8(truncatingIfNeeded: index &* 31 &+ index >> 5)
    }
    let data = try open(["images": Tensor([64, 3, 4, 4], values)], "input: {resize: 6}")
    let alone = try batch(data, Array(0..<64)).array(of: Float.self)
    try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
      for task in 0..<16 {
        group.addTask {
          let indices = (0..<64).map { ($0 + task * 4) % 64 }
          return (task, try batch(data, indices).array(of: Float.self))
        }
      }
      for try await (task, found) in group {
        let shift = task * 4 * 108
        #expect(found == Array(alone[shift...] + alone[..<shift]))
      }
    }
  }
}
