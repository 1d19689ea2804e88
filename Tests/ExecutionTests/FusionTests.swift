import Execution
import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Nodes that run as one give what they give one by one.
@Suite struct FusionTests {
  private static func graph(
    _ nodes: [Node], inputs: [String], outputs: [String],
    constants: OrderedDictionary<String, Tensor>
  ) -> NetworkGraph {
    NetworkGraph(
      opsets: ["": 17], nodes: nodes,
      inputs: inputs.map { ValueInfo(name: $0, type: .float32, shape: nil) },
      outputs: outputs.map { ValueInfo(name: $0, type: nil, shape: nil) }, initializers: constants)
  }

  private func check(
    _ graph: NetworkGraph, _ inputs: [String: Tensor], steps: Int, _ what: String
  ) throws {
    let fast = try FastExecutor(graph: graph)
    let cuts = Array(0...graph.nodes.count)
    let actual = try fast.run(
      inputs: inputs, weights: [:], options: RunOptions(captureBefore: cuts))
    let expected = try ReferenceGraphExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions())
    for (name, tensor) in expected.outputs {
      let value = try #require(actual.outputs[name])
      #expect(TensorComparison.difference(value, tensor, absolute: 1e-4) == nil, "\(what)")
    }
    // A cut between fused nodes is no obstacle.
    for cut in cuts {
      let checkpoint: Checkpoint = try #require(actual.checkpoints[cut])
      let resumed = try fast.run(
        inputs: [:], weights: [:], options: RunOptions(resume: checkpoint))
      for (name, tensor) in resumed.outputs {
        let value = try #require(actual.outputs[name])
        #expect(TensorComparison.areIdentical(tensor, value), "\(what), cut \(cut)")
      }
    }
    let count = try fast.implementations(inputShapes: inputs.mapValues(\.shape)).count
    #expect(count == steps, "\(what): \(count) steps")
  }

  @Test(arguments: ["Relu", "LeakyRelu", "Sigmoid", "HardSwish", "Tanh", "Elu", "HardSigmoid"])
  func activationAfterConvolution(_ op: String) throws {
    var generator = SeededGenerator(seed: 9)
    let nodes = [
      Node(
        op: "Conv", inputs: ["x", "w", "b"], outputs: ["y"],
        attributes: ["pads": .ints([1, 1, 1, 1])]),
      Node(op: op, inputs: ["y"], outputs: ["z"]),
    ]
    let constants: OrderedDictionary<String, Tensor> = [
      "w": generator.tensor([12, 5, 3, 3]), "b": generator.tensor([12]),
    ]
    let inputs = ["x": generator.tensor([2, 5, 6, 7])]
    try check(
      Self.graph(nodes, inputs: ["x"], outputs: ["z"], constants: constants), inputs, steps: 1, op)
    // Somebody else reads the value between them: the two stay apart.
    try check(
      Self.graph(nodes, inputs: ["x"], outputs: ["y", "z"], constants: constants), inputs,
      steps: op == "HardSigmoid" ? 3 : 2, op)
  }

  @Test func residualSumAndRelu() throws {
    var generator = SeededGenerator(seed: 10)
    let nodes = [
      Node(op: "Conv", inputs: ["x", "w"], outputs: ["a"]),
      Node(op: "Relu", inputs: ["a"], outputs: ["b"]),
      Node(op: "Conv", inputs: ["b", "v"], outputs: ["c"]),
      Node(op: "Add", inputs: ["c", "b"], outputs: ["d"]),
      Node(op: "Relu", inputs: ["d"], outputs: ["e"]),
    ]
    try check(
      Self.graph(
        nodes, inputs: ["x"], outputs: ["e"],
        constants: ["w": generator.tensor([16, 8, 1, 1]), "v": generator.tensor([16, 16, 1, 1])]),
      ["x": generator.tensor([2, 8, 4, 4])], steps: 2, "residual")
  }

  /// The last block of channels is filled up: what stands there must not reach the others.
  @Test(arguments: [15, 24, 30], ["Relu", "Sigmoid", "HardSwish", "Exp"])
  func channelsThatFillNoBlock(_ channels: Int, _ op: String) throws {
    var generator = SeededGenerator(seed: 14)
    let pads: OrderedDictionary<String, AttributeValue> = ["pads": .ints([1, 1, 1, 1])]
    let nodes = [
      Node(op: "Conv", inputs: ["x", "w"], outputs: ["a"], attributes: pads),
      Node(op: "Conv", inputs: ["x", "v"], outputs: ["b"], attributes: pads),
      Node(op: "Add", inputs: ["a", "b"], outputs: ["c"]),
      Node(op: op, inputs: ["c"], outputs: ["d"]),
      Node(op: "Mul", inputs: ["d", "p"], outputs: ["e"]),
      Node(op: op, inputs: ["e"], outputs: ["f"]),
    ]
    let graph = Self.graph(
      nodes, inputs: ["x", "p"], outputs: ["f"],
      constants: [
        "w": generator.tensor([channels, 32, 3, 3]), "v": generator.tensor([channels, 32, 3, 3]),
      ])
    // Small sums, so that the exponential of an exponential stays finite.
    let inputs = [
      "x": Tensor([2, 32, 16, 16], generator.tensor([2, 32, 16, 16]).floats.map { $0 * 0.05 }),
      "p": generator.tensor([2, channels, 16, 16]),
    ]
    let fast = try FastExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions())
    let expected = try ReferenceGraphExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions())
    let (value, wanted) = (try #require(fast.outputs["f"]), try #require(expected.outputs["f"]))
    #expect(TensorComparison.difference(value, wanted, absolute: 1e-4) == nil)
  }

  @Test func aSumThatReadsItsOwnInput() throws {
    // The residual is the convolution's input and an output of the graph too.
    var generator = SeededGenerator(seed: 13)
    let nodes = [
      Node(op: "Relu", inputs: ["x"], outputs: ["a"]),
      Node(op: "Conv", inputs: ["a", "w"], outputs: ["b"]),
      Node(op: "Add", inputs: ["a", "b"], outputs: ["c"]),
      Node(op: "Conv", inputs: ["c", "w"], outputs: ["d"]),
      Node(op: "Add", inputs: ["d", "c"], outputs: ["e"]),
    ]
    let constants: OrderedDictionary<String, Tensor> = ["w": generator.tensor([16, 16, 1, 1])]
    let inputs = ["x": generator.tensor([2, 16, 5, 4])]
    for outputs in [["e"], ["e", "c"], ["a", "e", "c"]] {
      try check(
        Self.graph(nodes, inputs: ["x"], outputs: outputs, constants: constants), inputs,
        steps: 3, "outputs \(outputs)")
    }
  }

  @Test(arguments: [false, true])
  func normalizationAndAdditionBehindConvolution(hasBias: Bool) throws {
    var generator = SeededGenerator(seed: 14)
    let nodes = [
      Node(
        op: "Conv", inputs: ["x", "w"] + (hasBias ? ["b"] : []), outputs: ["a"],
        attributes: ["group": .int(2)]),
      Node(op: "Add", inputs: ["a", "offset"], outputs: ["c"]),
      Node(
        op: "BatchNormalization", inputs: ["c", "scale", "shift", "mean", "variance"],
        outputs: ["d"], attributes: ["epsilon": .float(0.01)]),
      Node(op: "Relu", inputs: ["d"], outputs: ["y"]),
    ]
    let variance = generator.tensor([8])
    let constants: OrderedDictionary<String, Tensor> = [
      "w": generator.tensor([8, 3, 2, 2]), "b": generator.tensor([8]),
      "offset": generator.tensor([1, 8, 1, 1]), "scale": generator.tensor([8]),
      "shift": generator.tensor([8]), "mean": generator.tensor([8]),
      "variance": Tensor([8], variance.floats.map { $0 * $0 + 0.1 }),
    ]
    let graph = Self.graph(nodes, inputs: ["x"], outputs: ["y"], constants: constants)
    let inputs = ["x": generator.tensor([2, 6, 5, 5])]
    try check(graph, inputs, steps: 1, "folded")
    // Every constant that is folded can be replaced.
    let fast = try FastExecutor(graph: graph)
    for name in constants.keys where hasBias || name != "b" {
      var replaced = graph
      let tensor = try #require(constants[name])
      let changed = Tensor(tensor.shape, tensor.floats.map { $0 * 1.5 })
      replaced.initializers[name] = changed
      let expected = try ReferenceGraphExecutor(graph: replaced).run(
        inputs: inputs, weights: [:], options: RunOptions())
      let actual = try fast.run(inputs: inputs, weights: [name: changed], options: RunOptions())
      let (a, b) = (actual.outputs["y"], expected.outputs["y"])
      #expect(
        TensorComparison.difference(try #require(a), try #require(b), absolute: 1e-4) == nil,
        "\(name)")
    }
  }

  @Test(arguments: ["HardSigmoid", "Sigmoid", "Clip", "ClipLast"])
  func spelledOutSwish(_ form: String) throws {
    var generator = SeededGenerator(seed: 15)
    var nodes = [Node(op: "Conv", inputs: ["x", "w"], outputs: ["h"])]
    switch form {
    case "HardSigmoid":
      nodes += [
        Node(
          op: form, inputs: ["h"], outputs: ["g"],
          attributes: ["alpha": .float(1.0 / 6), "beta": .float(0.5)]),
        Node(op: "Mul", inputs: ["g", "h"], outputs: ["y"]),
      ]
    case "Sigmoid":
      nodes += [
        Node(op: form, inputs: ["h"], outputs: ["g"]),
        Node(op: "Mul", inputs: ["h", "g"], outputs: ["y"]),
      ]
    default:
      let isLast = form == "ClipLast"
      nodes += [
        Node(op: "Add", inputs: ["h", "three"], outputs: ["s"]),
        Node(op: "Clip", inputs: ["s", "zero", "six"], outputs: ["c"]),
      ]
      nodes +=
        isLast
        ? [
          Node(op: "Div", inputs: ["c", "six"], outputs: ["g"]),
          Node(op: "Mul", inputs: ["h", "g"], outputs: ["y"]),
        ]
        : [
          Node(op: "Mul", inputs: ["h", "c"], outputs: ["m"]),
          Node(op: "Div", inputs: ["m", "six"], outputs: ["y"]),
        ]
    }
    let constants: OrderedDictionary<String, Tensor> = [
      "w": generator.tensor([16, 4, 1, 1]), "three": Tensor(scalar: Float(3)),
      "zero": Tensor(scalar: Float(0)), "six": Tensor(scalar: Float(6)),
    ]
    try check(
      Self.graph(nodes, inputs: ["x"], outputs: ["y"], constants: constants),
      ["x": generator.tensor([2, 4, 6, 6])], steps: 1, form)
  }

  @Test(arguments: [false, true])
  func linearLayerWithGelu(halvingFirst: Bool) throws {
    var generator = SeededGenerator(seed: 11)
    var nodes = [
      Node(op: "MatMul", inputs: ["x", "w"], outputs: ["p"]),
      Node(op: "Add", inputs: ["b", "p"], outputs: ["h"]),
      Node(op: "Div", inputs: ["h", "root"], outputs: ["s"]),
      Node(op: "Erf", inputs: ["s"], outputs: ["e"]),
      Node(op: "Add", inputs: ["e", "one"], outputs: ["f"]),
    ]
    if halvingFirst {
      nodes += [
        Node(op: "Mul", inputs: ["h", "half"], outputs: ["m"]),
        Node(op: "Mul", inputs: ["m", "f"], outputs: ["y"]),
      ]
    } else {
      nodes += [
        Node(op: "Mul", inputs: ["h", "f"], outputs: ["m"]),
        Node(op: "Mul", inputs: ["m", "half"], outputs: ["y"]),
      ]
    }
    let constants: OrderedDictionary<String, Tensor> = [
      "w": generator.tensor([24, 40]), "b": generator.tensor([40]),
      "root": Tensor(scalar: Float(2).squareRoot()), "one": Tensor(scalar: Float(1)),
      "half": Tensor(scalar: Float(0.5)),
    ]
    try check(
      Self.graph(nodes, inputs: ["x"], outputs: ["y"], constants: constants),
      ["x": generator.tensor([2, 7, 24])], steps: 2, "GELU")
  }

  @Test func transposedWeightFollowsItsReplacement() throws {
    var generator = SeededGenerator(seed: 12)
    let graph = Self.graph(
      [
        Node(op: "Transpose", inputs: ["w"], outputs: ["t"]),
        Node(op: "MatMul", inputs: ["x", "t"], outputs: ["y"]),
      ], inputs: ["x"], outputs: ["y"], constants: ["w": generator.tensor([5, 9])])
    let inputs = ["x": generator.tensor([3, 9])]
    let changed = ["w": generator.tensor([5, 9])]
    let fast = try FastExecutor(graph: graph)
    let slow = ReferenceGraphExecutor(graph: graph)
    for executor in [fast, slow] as [any GraphExecutor] {
      let base = try executor.run(
        inputs: inputs, weights: [:], options: RunOptions(captureBefore: [1]))
      let full = try executor.run(inputs: inputs, weights: changed, options: RunOptions())
      let checkpoint: Checkpoint = try #require(base.checkpoints[1])
      let resumed = try executor.run(
        inputs: [:], weights: changed, options: RunOptions(resume: checkpoint))
      let (a, b, c) = (full.outputs["y"], resumed.outputs["y"], base.outputs["y"])
      #expect(TensorComparison.areIdentical(try #require(a), try #require(b)))
      #expect(!TensorComparison.areIdentical(try #require(a), try #require(c)))
      var replaced = graph
      replaced.initializers["w"] = changed["w"]
      let expected = try ReferenceGraphExecutor(graph: replaced).run(
        inputs: inputs, weights: [:], options: RunOptions())
      #expect(
        TensorComparison.difference(try #require(a), try #require(expected.outputs["y"])) == nil)
    }
  }
}
