import Foundation
import ModelFormats
import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Upgraded graphs mean what they meant before: ONNX Runtime runs both.
@Suite struct OpsetUpgradeJudgeTests {
  struct Case {
    var name: String
    var opset: Int
    var node: Node
    var input: [Int] = [2, 3, 4, 6]
    var output = 4
    var initializers: OrderedDictionary<String, Tensor> = [:]
  }

  static func node(
    _ op: String, _ attributes: OrderedDictionary<String, AttributeValue> = [:],
    inputs: [String] = ["x"]
  ) -> Node {
    Node(op: op, inputs: inputs, outputs: ["y"], attributes: attributes)
  }

  static func text(_ text: String) -> AttributeValue { .string(Array(text.utf8)) }

  static let cases: [Case] = {
    var cases = [
      Case(
        name: "Squeeze", opset: 7, node: node("Squeeze", ["axes": .ints([0])]), input: [1, 3, 2],
        output: 2),
      Case(
        name: "Unsqueeze", opset: 7, node: node("Unsqueeze", ["axes": .ints([0, 2])]),
        input: [3, 2]),
      Case(name: "Clip", opset: 7, node: node("Clip", ["min": .float(-0.5), "max": .float(0.3)])),
      Case(name: "Clip open", opset: 9, node: node("Clip", ["max": .float(0.3)])),
      Case(
        name: "Pad", opset: 7,
        node: node("Pad", ["pads": .ints([0, 0, 1, 2, 0, 0, 3, 1]), "value": .float(2)])),
      Case(
        name: "Pad reflect", opset: 10,
        node: node("Pad", ["pads": .ints([0, 0, 1, 2, 0, 0, 1, 1]), "mode": text("reflect")])),
      Case(
        name: "Slice", opset: 7,
        node: node(
          "Slice", ["starts": .ints([1, -3]), "ends": .ints([100, -1]), "axes": .ints([1, 3])])),
      Case(
        name: "Slice all", opset: 9,
        node: node("Slice", ["starts": .ints([0, 1]), "ends": .ints([2, 3])])),
      Case(name: "Dropout", opset: 7, node: node("Dropout", ["ratio": .float(0.3)])),
      Case(
        name: "Split 11", opset: 11, node: node("Split", ["axis": .int(3), "split": .ints([6])])),
      Case(name: "Split equal", opset: 13, node: node("Split", ["axis": .int(3)])),
      Case(
        name: "Upsample 7", opset: 7,
        node: node("Upsample", ["mode": text("nearest"), "scales": .floats([1, 1, 2, 3])])),
      Case(
        name: "Upsample linear", opset: 9,
        node: node("Upsample", ["mode": text("linear")], inputs: ["x", "s"]),
        initializers: ["s": Tensor([4], [1, 1, 2, 2] as [Float])]),
      Case(
        name: "Resize 10", opset: 10, node: node("Resize", [:], inputs: ["x", "s"]),
        initializers: ["s": Tensor([4], [1, 1, 2, 1.5] as [Float])]),
      Case(
        name: "Resize 10 smaller", opset: 10, node: node("Resize", [:], inputs: ["x", "s"]),
        initializers: ["s": Tensor([4], [1, 1, 0.5, 0.6] as [Float])]),
      Case(
        name: "Resize 11", opset: 11,
        node: node("Resize", ["mode": text("linear")], inputs: ["x", "r", "s", "z"]),
        initializers: [
          "r": Tensor([0], [] as [Float]), "s": Tensor([0], [] as [Float]),
          "z": Tensor([4], [2, 3, 7, 5] as [Int64]),
        ]),
      Case(
        name: "BatchNormalization", opset: 7,
        node: node("BatchNormalization", [:], inputs: ["x", "a", "b", "c", "d"]),
        initializers: [
          "a": Tensor([3], [1, 2, 3] as [Float]), "b": Tensor([3], [1, 0, -1] as [Float]),
          "c": Tensor([3], [0.5, 1, 0] as [Float]), "d": Tensor([3], [1, 2, 0.5] as [Float]),
        ]),
      Case(
        name: "GroupNormalization", opset: 18,
        node: node("GroupNormalization", ["num_groups": .int(2)], inputs: ["x", "a", "b"]),
        input: [2, 6, 3, 2],
        initializers: [
          "a": Tensor([2], [1, 2] as [Float]), "b": Tensor([2], [0.5, -1] as [Float]),
        ]),
      Case(
        name: "Scatter", opset: 9,
        node: node("Scatter", ["axis": .int(1)], inputs: ["x", "i", "u"]),
        input: [2, 3], output: 2,
        initializers: [
          "i": Tensor([2, 1], [2, 0] as [Int64]), "u": Tensor([2, 1], [9, 8] as [Float]),
        ]),
    ]
    for op in ["Softmax", "LogSoftmax", "Hardmax"] {
      for axis in [0, 1, 2, 3] {
        cases.append(Case(name: "\(op) \(axis)", opset: 9, node: node(op, ["axis": .int(axis)])))
      }
    }
    for op in [
      "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2",
      "ReduceSumSquare",
      "ReduceLogSumExp", "ReduceProd",
    ] {
      cases.append(Case(name: op, opset: 7, node: node(op, ["axes": .ints([1, 3])])))
      cases.append(Case(name: "\(op) all", opset: 11, node: node(op)))
    }
    return cases
  }()

  static func graph(_ test: Case) -> NetworkGraph {
    var graph = NetworkGraph(
      name: "test", opsets: ["": test.opset], irVersion: 7, nodes: [test.node],
      inputs: [ValueInfo(name: "x", type: .float32, shape: test.input.map { .fixed($0) })],
      outputs: [
        ValueInfo(name: "y", type: .float32, shape: (0..<test.output).map { .symbol("y\($0)") })
      ])
    graph.initializers = test.initializers
    return graph
  }

  @Test(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
  func meaningStays() throws {
    var pairs: [(NetworkGraph, NetworkGraph)] = []
    var labels: [String] = []
    for test in Self.cases {
      let graph = Self.graph(test)
      for opset in [13, 21] where test.opset < opset {
        let upgraded = try graph.upgraded(toOpset: opset)
        upgraded.checkInvariants()
        pairs.append((graph, upgraded))
        labels.append("\(test.name) to \(opset)")
      }
    }
    for (label, verdict) in zip(labels, try RuntimeJudge.compare(pairs)) {
      #expect(verdict.isWithin(1e-6), "\(label): \(verdict)")
    }
  }

  @Test(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
  func wholeModelsKeepTheirMeaning() throws {
    let pairs = try TestModels.all.map { path in
      let graph = try ONNXReader.read(path: path).graph
      let upgraded = try graph.upgraded(toOpset: 21)
      upgraded.checkInvariants()
      return (graph, upgraded)
    }
    for (path, verdict) in zip(TestModels.all, try RuntimeJudge.compare(pairs)) {
      #expect(verdict.isWithin(1e-6), "\(path): \(verdict)")
    }
  }
}
