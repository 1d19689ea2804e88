import Datasets
import Foundation
import ModelFormats
import OrderedCollections
import Tensors
import Testing

/// IDX, CIFAR and array files, and what is wrong with them.
@Suite struct ReadingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func idxPairGzippedAndPlain() throws {
    let path = try folder.write(Fixtures.idxGzip, to: "t10k-images-idx3-ubyte.gz")
    try folder.write(idx([3], [2, 0, 1]), to: "t10k-labels-idx1-ubyte")
    let data = try EvaluationData.open(path: path, limit: nil)
    #expect(data.count == 3)
    #expect(data.labels == [2, 0, 1])
    #expect(try pixels(data, [2, 0]).array(of: UInt8.self) == [8, 9, 10, 11, 0, 1, 2, 3])
    let first = try EvaluationData.open(path: path, limit: 2)
    #expect(first.count == 2)
    #expect(first.labels == [2, 0])
    try folder.write(idx([1, 1, 1], [9]), to: "train-images-idx3-ubyte")
    let whole = try EvaluationData.open(path: folder.path, limit: nil)
    #expect(whole.count == 3)
    #expect(whole.notes.contains("read t10k-images-idx3-ubyte.gz"))
    let alone = try EvaluationData.open(
      path: folder.path + "/train-images-idx3-ubyte", limit: nil)
    #expect(alone.labels == nil)
    #expect(alone.notes.contains("no labels beside train-images-idx3-ubyte"))
  }

  @Test func wrongIDX() throws {
    func open(_ bytes: [UInt8], _ name: String = "a-images-idx3-ubyte") throws {
      let path = try folder.write(bytes, to: name)
      _ = try EvaluationData.open(path: path, limit: nil)
    }
    expectError("has 24 bytes where its header says 28") {
      try open(idx([3, 2, 2], Array(0..<8)))
    }
    expectError("goes on for 2 bytes") { try open(idx([1, 2, 2], Array(0..<6))) }
    expectError("holds no images") { try open(idx([0, 2, 2], [])) }
    expectError("holds labels") { try open(idx([2], [0, 1]), "a-labels-idx1-ubyte") }
    expectError("too large") { try open(idx([1 << 31, 1 << 31, 1 << 31], [])) }
    expectError("type 13") {
      try open([0, 0, 0x0D, 3] + idx([1, 1, 1], [])[4...] + [0, 0, 0, 0])
    }
    expectError("ends within its header") { try open([0, 0, 8, 3, 0, 0]) }
    var cut = Fixtures.idxGzip
    cut.removeLast(14)
    expectError("ends before its 3 items") { try open(cut) }
    expectError("gzip") { try open([0x1F, 0x8B] + [UInt8](repeating: 7, count: 40)) }
    try folder.write(idx([2], [0, 1]), to: "a-labels-idx1-ubyte")
    expectError("a-labels-idx1-ubyte", "[2] for 3 images") {
      try open(idx([3, 1, 1], [0, 1, 2]))
    }
  }

  @Test func debiansFashionMNIST() throws {
    let path = "/usr/share/datasets/fashion-mnist"
    guard FileManager.default.fileExists(atPath: path) else { return }
    let data = try EvaluationData.open(path: path, limit: nil)
    #expect(data.count == 10_000)
    #expect(data.labels?.prefix(6) == [9, 2, 1, 1, 6, 1])
    let last = try pixels(data, [9_999]).array(of: UInt8.self)
    #expect(last.reduce(0) { $0 + Int($1) } == 24_390)
  }

  @Test func cifarBatches() throws {
    func record(_ labels: [UInt8], _ value: UInt8) -> [UInt8] {
      labels + [UInt8](repeating: value, count: 3_071) + [value &+ 1]
    }
    try folder.write(record([3], 10) + record([9], 20), to: "c/data_batch_1.bin")
    try folder.write(record([0], 30), to: "c/data_batch_2.bin")
    let data = try EvaluationData.open(path: folder.path + "/c", limit: nil)
    #expect(data.labels == [3, 9, 0])
    #expect(data.classNames?[3] == "cat")
    let found = try pixels(data, [2, 1])
    #expect(found.shape == [2, 3, 32, 32])
    #expect(found.array(of: UInt8.self)[3_070...3_073] == [30, 31, 20, 20])
    #expect(try EvaluationData.open(path: folder.path + "/c", limit: 1).labels == [3])
    let hundred = try folder.write(record([4, 99], 1), to: "train.bin")
    let fine = try EvaluationData.open(path: hundred, limit: nil)
    #expect(fine.labels == [99])
    #expect(fine.classNames == nil)
    try folder.write(record([3], 10) + record([9], 20), to: "c/test_batch.bin")
    #expect(try EvaluationData.open(path: folder.path + "/c", limit: nil).count == 2)
    let wrong = try folder.write(record([10], 1), to: "wrong.bin")
    expectError("label 10") { _ = try EvaluationData.open(path: wrong, limit: nil) }
    let odd = try folder.write([1, 2, 3], to: "odd.bin")
    expectError("3 bytes", "3073") { _ = try EvaluationData.open(path: odd, limit: nil) }
    let empty = try folder.write([], to: "empty.bin")
    expectError("0 bytes") { _ = try EvaluationData.open(path: empty, limit: nil) }
  }

  private func open(
    _ arrays: OrderedDictionary<String, Tensor>, limit: Int? = nil
  ) throws -> EvaluationData {
    try NPZFile.write(arrays, to: folder.path + "/d.npz")
    return try EvaluationData.open(path: folder.path + "/d.npz", limit: limit)
  }

  @Test func arraysOfOtherNames() throws {
    let images = Tensor([2, 1, 1], [5, 6] as [UInt8])
    let keras = try open([
      "x_train": Tensor([1, 1, 1], [0] as [UInt8]), "y_train": Tensor([1], [7] as [UInt8]),
      "x_test": images, "y_test": Tensor([2, 1], [1, 0] as [UInt8]),
    ])
    #expect(keras.count == 2)
    #expect(keras.labels == [1, 0])
    let named = try open(["whatever": images, "targets": Tensor([2], [1, 0] as [Int64])])
    #expect(try pixels(named, [1]).array(of: UInt8.self) == [6])
    #expect(named.labels == [1, 0])
    try folder.write(try NPYCoding.encode(images), to: "one.npy")
    let single = try EvaluationData.open(path: folder.path + "/one.npy", limit: nil)
    #expect(single.count == 2)
    #expect(single.task == .agreement)
  }

  @Test func wrongArrays() throws {
    let images = Tensor([2, 1, 1], [5, 6] as [UInt8])
    expectError("array 'labels'", "holds 3 labels for 2 images") {
      _ = try open(["images": images, "labels": Tensor([3], [0, 1, 2] as [Int64])])
    }
    expectError("array 'labels'", "float32") {
      _ = try open(["images": images, "labels": Tensor([2], [0, 1] as [Float])])
    }
    expectError("label 1", "negative") {
      _ = try open(["images": images, "labels": Tensor([2], [0, -1] as [Int64])])
    }
    expectError("holds a [2], b [2]") {
      _ = try open([
        "a": Tensor([2], [0, 1] as [Float]), "b": Tensor([2], [0, 1] as [Float]),
      ])
    }
    expectError("shape [1, 1, 1, 1, 1]") {
      _ = try open(["images": Tensor([1, 1, 1, 1, 1], [1] as [UInt8])])
    }
    expectError("empty") { _ = try open(["images": Tensor([0, 1, 1], [] as [UInt8])]) }
    expectError("holds no images") {
      _ = try open(["images": Tensor([1, 0, 1], [] as [UInt8])])
    }
    expectError("bool") { _ = try open(["images": Tensor([1, 1, 1], [true])]) }
    expectError("a limit of 0") { _ = try open(["images": images], limit: 0) }
  }

  @Test func boxes() throws {
    func arrays(_ last: Int64, _ corner: Float = 0.5) -> OrderedDictionary<String, Tensor> {
      [
        "images": Tensor([3, 1, 1], [5, 6, 7] as [UInt8]),
        "boxes": Tensor([2, 4], [0, 0.25, 0.5, 1, 0.1, 0.2, 0.3, corner]),
        "classes": Tensor([2], [4, 0] as [Int64]), "image_index": Tensor([2], [0, last]),
      ]
    }
    let data = try open(arrays(2))
    #expect(data.task == .detection)
    #expect(data.labels == nil)
    #expect(
      data.boxes == [
        GroundTruthBox(imageIndex: 0, classIndex: 4, corners: [0, 0.25, 0.5, 1]),
        GroundTruthBox(imageIndex: 2, classIndex: 0, corners: [0.1, 0.2, 0.3, 0.5]),
      ])
    #expect(try open(arrays(2), limit: 2).boxes?.count == 1)
    expectError("box 1 lies in image 3 of 3") { _ = try open(arrays(3)) }
    expectError("box 1 is not finite") { _ = try open(arrays(2, .infinity)) }
    expectError("box 0", "class 4", "the model has 3 classes") {
      try data.check(against: [input([nil, 1, 1, 1])], classCount: 3)
    }
  }

  @Test func pairsOfTexts() throws {
    func ids(_ start: Int64) -> Tensor { Tensor([2, 3], (0..<6).map { start + $0 }) }
    let data = try open([
      "ids_a": ids(10), "mask_a": ids(20), "ids_b": ids(30), "mask_b": ids(40),
      "score": Tensor([2], [0.5, 4] as [Float]), "vocab_ids": Tensor([1], [3] as [Int64]),
    ])
    #expect(data.task == .similarity)
    #expect(data.count == 2)
    #expect(data.partCount == 2)
    #expect(data.scores == [0.5, 4])
    let inputs = [
      input([nil, 3], type: .int64, name: "input_ids"),
      input([nil, 3], type: .int32, name: "attention_mask"),
      input([nil, 3], type: .int64, name: "token_type_ids"),
    ]
    try data.check(against: inputs)
    let second = try data.inputs(for: [1], graphInputs: inputs, part: 1)
    #expect(second["input_ids"]?.integers == [33, 34, 35])
    #expect(second["attention_mask"]?.type == .int32)
    #expect(second["attention_mask"]?.integers == [43, 44, 45])
    #expect(second["token_type_ids"]?.integers == [0, 0, 0])
    expectError("half 2 of data with 2") {
      _ = try data.inputs(for: [0], graphInputs: inputs, part: 2)
    }
    expectError("input 'input_ids'", "(N, 4)", "[2, 3]") {
      try data.check(against: [input([nil, 4], type: .int64, name: "input_ids")])
    }
    expectError("input 'pixels'", "they hold", "ids_a") {
      try data.check(against: [input([nil, 4], name: "pixels")])
    }
  }

  @Test func namedLikeTheInputs() throws {
    let data = try open([
      "input_ids": Tensor([2, 2], [1, 2, 3, 4] as [Int32]),
      "labels": Tensor([2], [0, 1] as [Int64]),
    ])
    let found = try data.inputs(
      for: [1, 0], graphInputs: [input([nil, 2], type: .int64, name: "input_ids")])
    #expect(found["input_ids"]?.array(of: Int64.self) == [3, 4, 1, 2])
    #expect(data.labels == [0, 1])
    expectError("wants float32", "int32") {
      try data.check(against: [input([nil, 2], name: "input_ids")])
    }
  }

  @Test func noData() throws {
    expectError("no such file") {
      _ = try EvaluationData.open(path: folder.path + "/none.npz", limit: nil)
    }
    expectError("holds no PNG") { _ = try EvaluationData.open(path: folder.path, limit: nil) }
    let empty = try folder.write([], to: "x.npz")
    expectError("is empty") { _ = try EvaluationData.open(path: empty, limit: nil) }
    let odd = try folder.write("what?", to: "x.txt")
    expectError("no known kind of data") { _ = try EvaluationData.open(path: odd, limit: nil) }
  }
}
