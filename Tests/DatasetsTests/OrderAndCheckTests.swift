import Datasets
import ModelFormats
import OrderedCollections
import Tensors
import Testing

/// The order of a preview, and the checks of data against a model.
@Suite struct OrderAndCheckTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(labels: [Int]?, channels: Int = 1) throws -> EvaluationData {
    let count = labels?.count ?? 50
    var arrays: OrderedDictionary<String, Tensor> = [
      "images": .filled([count, channels, 4, 6], with: UInt8(1))
    ]
    if let labels { arrays["labels"] = Tensor([count], labels.map { Int64($0) }) }
    try NPZFile.write(arrays, to: folder.path + "/d.npz")
    return try EvaluationData.open(path: folder.path + "/d.npz", limit: nil)
  }

  @Test func classesTakeTurns() throws {
    // 5 classes; class 4 has only two items.
    let labels = (0..<42).map { $0 < 40 ? $0 % 4 : 4 }
    let data = try open(labels: labels)
    let order = data.previewOrder(seed: 7)
    #expect(order.sorted() == Array(0..<42))
    #expect(order.prefix(10).map { labels[$0] } == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    #expect(order[10...].enumerated().allSatisfy { labels[$1] == $0 % 4 })
    #expect(order == data.previewOrder(seed: 7))
    #expect(order != data.previewOrder(seed: 8))
    let firstClass = order.filter { labels[$0] == 0 }
    #expect(firstClass != firstClass.sorted())
  }

  @Test func theOrderIsTheSameEverywhere() throws {
    let data = try open(labels: nil)
    #expect(data.previewOrder(seed: 0).sorted() == Array(0..<50))
    #expect(data.previewOrder(seed: -1).sorted() == Array(0..<50))
    #expect(Array(data.previewOrder(seed: 0).prefix(8)) == expectedStart)
  }

  /// Computed apart from this program, by SplitMix64 and Fisher-Yates in Python.
  private let expectedStart = [2, 41, 47, 48, 23, 36, 43, 27]

  @Test func everyPlaceIsReached() throws {
    let data = try open(labels: nil)
    var counts = [Int](repeating: 0, count: 50)
    for seed in 0..<2_000 { counts[data.previewOrder(seed: seed)[0]] += 1 }
    // 40 expected; 5 standard deviations either way.
    #expect(counts.allSatisfy { (9...71).contains($0) }, "\(counts)")
  }

  @Test func fittingModels() throws {
    let data = try open(labels: [0, 9])
    for shape in [
      nil, [nil, 1, 4, 6], [nil, nil, nil, nil], [1, 4, 6, 1], [nil, 24], [2, 4, 6],
    ]
      as [[Int?]?]
    {
      try data.check(against: [input(shape)], classCount: 10)
    }
  }

  @Test func modelsThatDoNotFit() throws {
    let data = try open(labels: [0, 9])
    func expectMisfit(_ shape: [Int?]?, type: ElementType? = .float32, _ parts: String...) {
      do {
        try data.check(against: [input(shape, type: type)])
        Issue.record("no error for \(shape ?? [])")
      } catch {
        for part in parts + ["input 'input'", "d.npz"] {
          #expect(error.description.contains(part), "\(error)")
        }
        #expect(error.remedy != nil)
      }
    }
    expectMisfit([nil, 3, 4, 6], "channels differs", "(N, 3, 4, 6)", "6 x 4", "1 channel")
    expectMisfit([nil, 1, 32, 32], "height or width", "resize: 32", "crop: [32, 32]")
    expectMisfit([nil, 224, 224, 3], "channels differs")
    expectMisfit([nil, 25], "(N, 25)")
    expectMisfit([nil], "(N)")
    expectMisfit([], "()")
    expectMisfit([nil, 1, 4, 6], type: .int64, "wants int64", "uint8")
    expectError("label 1", "class 9", "the model has 9 classes") {
      try data.check(against: [input([nil, 1, 4, 6])], classCount: 9)
    }
    expectError("no input") { try data.check(against: []) }
    expectError("input 'mask'", "hold nothing for it") {
      try data.check(against: [input([nil, 1, 4, 6]), input([nil, 7], name: "mask")])
    }
  }
}
