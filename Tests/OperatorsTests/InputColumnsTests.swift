import NetworkGraph
import Operators
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// The columns of convolutions: a weight times its columns is what the reference kernel gives.
@Suite struct InputColumnsTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var op = "Conv"
    let input: [Int]
    let weight: [Int]
    var attributes: OrderedDictionary<String, AttributeValue> = [:]
  }

  static let rows = [
    Row(
      testDescription: "uneven padding, strides", input: [2, 3, 7, 9], weight: [4, 3, 3, 2],
      attributes: ["pads": .ints([1, 0, 2, 1]), "strides": .ints([2, 3])]),
    Row(
      testDescription: "dilations and groups", input: [2, 4, 9, 8], weight: [6, 2, 3, 3],
      attributes: [
        "group": .int(2), "dilations": .ints([2, 1]), "pads": .ints([2, 1, 2, 1]),
      ]),
    Row(
      testDescription: "depthwise, SAME_LOWER", input: [1, 5, 6, 6], weight: [5, 1, 3, 3],
      attributes: [
        "group": .int(5), "auto_pad": .string(Array("SAME_LOWER".utf8)), "strides": .ints([2, 2]),
      ]),
    Row(
      testDescription: "one spatial axis", input: [3, 2, 11], weight: [4, 2, 4],
      attributes: ["pads": .ints([3, 0]), "dilations": .ints([2])]),
    Row(
      testDescription: "three spatial axes", input: [1, 2, 4, 5, 6], weight: [3, 2, 2, 3, 2],
      attributes: ["pads": .ints([1, 1, 0, 0, 1, 1]), "strides": .ints([1, 2, 2])]),
    Row(
      testDescription: "padding wider than the input", input: [1, 1, 2, 2], weight: [2, 1, 3, 3],
      attributes: ["pads": .ints([4, 4, 4, 4])]),
    Row(
      testDescription: "transposed", op: "ConvTranspose", input: [2, 3, 4, 5],
      weight: [3, 2, 3, 3],
      attributes: [
        "strides": .ints([2, 3]), "pads": .ints([1, 0, 1, 2]), "output_padding": .ints([1, 0]),
      ]),
    Row(
      testDescription: "transposed, groups and dilations", op: "ConvTranspose",
      input: [1, 4, 5, 4], weight: [4, 3, 2, 3],
      attributes: ["group": .int(2), "dilations": .ints([1, 2]), "strides": .ints([2, 1])]),
  ]

  @Test(arguments: rows) func weightTimesColumnsIsTheResult(row: Row) throws {
    var generator = SeededGenerator(seed: 5)
    func numbers(_ shape: [Int]) -> [Float] {
      (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) }
    }
    let (x, w) = (numbers(row.input), numbers(row.weight))
    let made = GraphBuilding.node(
      row.op, [Tensor(row.input, x), Tensor(row.weight, w)], attributes: row.attributes)
    let expected = try #require(
      try ReferenceExecutor(graph: made.graph).run(inputs: made.inputs)["out0"])
    let columns = try InputColumns(made.graph.nodes[0], input: row.input, weight: row.weight)
    let positions = columns.lines * columns.lineLength
    let channels = expected.shape[1]
    let perGroup = channels / columns.groups
    #expect(columns.samples == row.input[0])
    var result: [Float] = []
    for sample in 0..<columns.samples {
      for group in 0..<columns.groups {
        // Line by line into a wider buffer whose gaps have to stay as they are.
        let stride = positions + 3
        var buffer = [Float](repeating: 7, count: columns.columns * stride)
        buffer.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          for line in 0..<columns.lines {
            columns.write(
              x, sample: sample, group: group, lines: line..<(line + 1),
              to: base + line * columns.lineLength, stride: stride)
          }
        }
        for column in 0..<columns.columns {
          #expect(buffer[(column * stride + positions)..<((column + 1) * stride)] == [7, 7, 7])
        }
        for channel in 0..<perGroup {
          for position in 0..<positions {
            result.append(
              (0..<columns.columns).reduce(Float(0)) { sum, column in
                sum + buffer[column * stride + position]
                  * Self.weight(w, row, group, channel, column, columns, perGroup)
              })
          }
        }
      }
    }
    let difference = zip(result, expected.floats).map { abs($0 - $1) }.max() ?? 1
    #expect(result.count == expected.count)
    #expect(difference < 1e-5)
  }

  private static func weight(
    _ w: [Float], _ row: Row, _ group: Int, _ channel: Int, _ column: Int,
    _ columns: InputColumns, _ perGroup: Int
  ) -> Float {
    let kernel = row.weight.dropFirst(2).reduce(1, *)
    guard row.op == "ConvTranspose" else {
      return w[(group * perGroup + channel) * columns.columns + column]
    }
    let input = group * columns.columns / kernel + column / kernel
    return w[(input * perGroup + channel) * kernel + column % kernel]
  }

  @Test func refusesWhatDoesNotFit() {
    let node = Node(op: "Conv", inputs: ["x", "w"], outputs: ["y"])
    #expect(throws: EngineError.self) {
      try InputColumns(node, input: [1, 3, 4, 4], weight: [2, 2, 3, 3])
    }
  }
}
