import Datasets
import ModelFormats
import OrderedCollections
import Tensors
import Testing

/// Data for models with several inputs: arrays named like them.
@Suite struct SeveralInputsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(
    _ arrays: OrderedDictionary<String, Tensor>, _ description: String? = nil
  ) throws -> EvaluationData {
    try NPZFile.write(arrays, to: folder.path + "/d.npz")
    if let description { try folder.write(description, to: "d.yaml") }
    return try EvaluationData.open(
      path: folder.path + (description == nil ? "/d.npz" : "/d.yaml"), limit: nil)
  }

  private static func bytes(_ first: UInt8) -> Tensor {
    Tensor([2, 1, 2, 2], (0..<8).map { first + UInt8($0) })
  }

  @Test func bothImagesArePrepared() throws {
    let data = try open(
      ["left": Self.bytes(0), "right": Self.bytes(100), "labels": Tensor([2], [0, 1] as [Int64])],
      "data: d.npz\ninput: {scale: 1, mean: [10], std: [2]}\n")
    #expect(data.labels == [0, 1])
    #expect(data.task == .classification)
    for names in [["left", "right"], ["right", "left"]] {
      let inputs = names.map { input([nil, 1, 2, 2], name: $0) }
      try data.check(against: inputs, classCount: 2)
      let found = try data.inputs(for: [1], graphInputs: inputs)
      #expect(found["left"]?.floats == [-3, -2.5, -2, -1.5])
      #expect(found["right"]?.floats == [47, 47.5, 48, 48.5])
    }
  }

  @Test func sizesAreChangedAlike() throws {
    let data = try open(
      ["left": Self.bytes(0), "right": Self.bytes(100)],
      "data: d.npz\ninput: {resize: 4, scale: 1}\n")
    let inputs = ["left", "right"].map { input([nil, 1, 4, 4], name: $0) }
    try data.check(against: inputs)
    let found = try data.inputs(for: [0, 1], graphInputs: inputs)
    #expect(found["left"]?.shape == [2, 1, 4, 4])
    #expect(found["right"]?.shape == [2, 1, 4, 4])
    #expect(found["right"]?.floats.first == 100)
  }

  @Test func numbersGoToTheirInputs() throws {
    let features = Tensor([3, 2], [1, 2, 3, 4, 5, 6] as [Float])
    let kinds = Tensor([3, 1], [7, 8, 9] as [Int64])
    let data = try open([
      "numbers": features, "kinds": kinds, "target": Tensor([3], [1, 0, 1] as [Int64]),
    ])
    let inputs = [
      input([nil, 1], type: .int64, name: "kinds"), input([nil, 2], name: "numbers"),
    ]
    try data.check(against: inputs)
    let found = try data.inputs(for: [2, 0], graphInputs: inputs)
    #expect(found["numbers"]?.floats == [5, 6, 1, 2])
    #expect(found["kinds"]?.integers == [9, 7])
    #expect(data.labels == [1, 0, 1])
  }

  @Test func arraysOfOtherLengthsAreRefused() throws {
    expectError("left [2, 1, 2, 2]", "right [3, 4]") {
      _ = try open([
        "left": Self.bytes(0), "right": Tensor([3, 4], [Float](repeating: 0, count: 12)),
      ])
    }
  }

  @Test func anInputWithoutAnArrayIsNamed() throws {
    let data = try open(["left": Self.bytes(0), "right": Self.bytes(9)])
    expectError("input 'third'", "right", "Name an array") {
      try data.check(
        against: ["left", "right", "third"].map { input([nil, 1, 2, 2], name: $0) })
    }
  }
}
