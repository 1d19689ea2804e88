import NetworkGraph
import Operators
import OrderedCollections
import Tensors
import Testing

/// Elements that are moved rather than calculated: strings, 4-bit integers, and conversions to text.
@Suite struct MovementTests {
  private func run(
    _ op: String, _ inputs: [Tensor?],
    _ attributes: OrderedDictionary<String, AttributeValue> = [:],
    opset: Int = 21
  ) throws -> Tensor {
    let (graph, values) = GraphBuilding.node(op, inputs, attributes: attributes, opset: opset)
    return try #require(try ReferenceExecutor(graph: graph).run(inputs: values)["out0"])
  }

  private let words = Tensor([2, 2], strings: ["a", "b", "c", "d"])

  @Test func stringsMoveAsNumbersDo() throws {
    let shape = Tensor([1], [4] as [Int64])
    #expect(try run("Reshape", [words, shape]).strings == ["a", "b", "c", "d"])
    #expect(try run("Transpose", [words]).strings == ["a", "c", "b", "d"])
    #expect(
      try run("Concat", [words, words], ["axis": .int(1)]).strings
        == ["a", "b", "a", "b", "c", "d", "c", "d"])
    let index = Tensor([1], [-1] as [Int64])
    #expect(try run("Gather", [words, index], ["axis": .int(1)]).strings == ["b", "d"])
    let wide = Tensor([3], [2, 2, 2] as [Int64])
    #expect(try run("Expand", [words, wide]).shape == [2, 2, 2])
    #expect(
      try run("Tile", [words, Tensor([2], [1, 2] as [Int64])]).strings
        == ["a", "b", "a", "b", "c", "d", "c", "d"])
    let pads = Tensor([4], [0, 1, 0, -1] as [Int64])
    #expect(
      try run("Pad", [words, pads, Tensor([], strings: ["-"])]).strings == ["-", "a", "-", "c"])
    let chosen = Tensor([2, 1], [true, false])
    #expect(
      try run("Where", [chosen, words, Tensor([], strings: ["x"])]).strings == ["a", "b", "x", "x"])
    #expect(
      try run("Equal", [words, Tensor([1], strings: ["c"])]).array(of: Bool.self)
        == [false, false, true, false])
  }

  @Test func numbersBecomeTextAndBack() throws {
    let numbers = Tensor([4], [1.5, -.infinity, .nan, 0.1] as [Float])
    let text = try run("Cast", [numbers], ["to": .int(8)])
    #expect(text.strings == ["1.5", "-INF", "NaN", "0.1"])
    let back = try run("Cast", [text], ["to": .int(1)]).array(of: Float.self)
    #expect(back[0] == 1.5 && back[1] == -.infinity && back[2].isNaN && back[3] == 0.1)
    #expect(throws: EngineError.self) { try run("Cast", [words], ["to": .int(7)]) }
  }

  @Test func packedIntegersMove() throws {
    let nibbles = Tensor([2, 3], [-8, -1, 0, 1, 6, 7] as [Int8]).reinterpreted(as: .int4)
    let turned = try run("Transpose", [nibbles])
    #expect(turned.type == .int4)
    #expect(turned.integers == [-8, 1, -1, 6, 0, 7])
    let wide = try run("Cast", [nibbles], ["to": .int(1)])
    #expect(wide.floats == [-8, -1, 0, 1, 6, 7])
    let narrow = try run("Cast", [Tensor([3], [7, 9, -9] as [Int32])], ["to": .int(22)])
    #expect(narrow.type == .int4)
    #expect(narrow.integers == [7, -7, 7], "the lowest four bits are kept")
  }

  @Test func largeTransposesAreComplete() throws {
    // Beyond the tiles of the transposing copy, with edges that do not fill one.
    let (height, width) = (37, 53)
    let values = (0..<(2 * height * width)).map { Float($0) }
    let result = try run(
      "Transpose", [Tensor([2, height, width], values)], ["perm": .ints([0, 2, 1])])
    let expected = (0..<2).flatMap { block in
      (0..<width).flatMap { column in
        (0..<height).map { values[(block * height + $0) * width + column] }
      }
    }
    #expect(result.array(of: Float.self) == expected)
  }

  @Test func malformedNodesAreRefused() {
    let matrix = Tensor([2, 3], [Float](repeating: 1, count: 6))
    let huge = Tensor([2], [1 << 40, 1 << 40] as [Int64])
    let bad: [(String, [Tensor?], OrderedDictionary<String, AttributeValue>)] = [
      ("Expand", [matrix, huge], [:]), ("ConstantOfShape", [huge], [:]),
      ("Tile", [matrix, huge], [:]), ("Reshape", [matrix, huge], [:]),
      ("Reshape", [matrix, Tensor([1], [5] as [Int64])], [:]),
      ("Transpose", [matrix], ["perm": .ints([0, 0])]),
      ("Gather", [matrix, Tensor([1], [2] as [Int64])], [:]),
      ("Concat", [matrix, Tensor([3, 2], [Float](repeating: 0, count: 6))], ["axis": .int(0)]),
      ("Add", [matrix, Tensor([2], [1, 2] as [Float])], [:]),
      ("Add", [matrix, Tensor([3], [1, 2, 3] as [Int32])], [:]),
      ("Pad", [matrix, Tensor([4], [Int64.max, 0, 0, Int64.max])], [:]),
      ("Softmax", [matrix], ["axis": .int(2)]), ("Cast", [matrix], ["to": .int(99)]),
      ("OneHot", [huge, Tensor(scalar: Int64(-1)), Tensor([2], [0, 1] as [Float])], [:]),
      ("TopK", [matrix, Tensor([1], [4] as [Int64])], [:]),
      (
        "Range", [Tensor(scalar: Int64(0)), Tensor(scalar: Int64.max), Tensor(scalar: Int64(1))],
        [:]
      ),
    ]
    for (op, inputs, attributes) in bad {
      #expect(throws: EngineError.self, "\(op)") { try run(op, inputs, attributes) }
    }
  }
}
