import Execution
import NetworkGraph
import Operators
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Rounding to codes and back in one pass gives exactly what the two nodes give.
@Suite struct RoundingTests {
  private func graph(_ zeroPoint: Tensor?, convolved: Bool) -> NetworkGraph {
    var generator = SeededGenerator(seed: 4)
    var constants: OrderedDictionary<String, Tensor> = ["s": Tensor(scalar: Float(0.0371))]
    constants["z"] = zeroPoint
    let parameters = zeroPoint == nil ? ["s"] : ["s", "z"]
    var nodes = [
      Node(op: "QuantizeLinear", inputs: ["a"] + parameters, outputs: ["q"]),
      Node(op: "DequantizeLinear", inputs: ["q"] + parameters, outputs: ["y"]),
    ]
    if convolved {
      constants["w"] = generator.tensor([12, 5, 3, 3])
      nodes.insert(Node(op: "Conv", inputs: ["x", "w"], outputs: ["a"]), at: 0)
      nodes.append(Node(op: "Relu", inputs: ["y"], outputs: ["r"]))
    } else {
      nodes.insert(Node(op: "Identity", inputs: ["x"], outputs: ["a"]), at: 0)
    }
    return NetworkGraph(
      opsets: ["": 21], nodes: nodes,
      inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: (convolved ? ["y", "r"] : ["y"]).map {
        ValueInfo(name: $0, type: nil, shape: nil)
      }, initializers: constants)
  }

  static let zeroPoints: [Tensor?] = [
    nil, Tensor(scalar: UInt8(131)), Tensor(scalar: Int8(0)), Tensor(scalar: Int8(-90)),
    Tensor(scalar: UInt8(7)).reinterpreted(as: .uint4), Tensor(scalar: UInt16(32_000)),
    Tensor(scalar: Int16(0)),
  ]

  @Test(arguments: zeroPoints.indices)
  func staticRoundingIsExact(_ index: Int) throws {
    // Halves of steps, numbers beyond all codes, and what is no number.
    let steps = (-700...700).map { Float($0) * 0.5 * 0.0371 }
    let values =
      steps + [3e38, -3e38, .infinity, -.infinity, .nan, -0.0, Float.leastNonzeroMagnitude]
      + steps.map { $0 * 100.37 }
    let graph = graph(Self.zeroPoints[index], convolved: false)
    let inputs = ["x": Tensor([values.count], values)]
    let fast = try FastExecutor(graph: graph)
    let actual = try fast.run(inputs: inputs, weights: [:], options: RunOptions())
    let expected = try ReferenceExecutor(graph: graph).run(inputs: inputs)
    let (mine, plain) = (try #require(actual.outputs["y"]), try #require(expected["y"]))
    #expect(mine.floats.map(\.bitPattern) == plain.floats.map(\.bitPattern))
    let names = try fast.implementations(inputShapes: ["x": [values.count]]).map(\.implementation)
    #expect(names.contains("rounding") && !names.contains("reference"))
  }

  /// In the layout that a convolution leaves behind, with a reader of the value before and after.
  @Test func roundsInAnyLayout() throws {
    var generator = SeededGenerator(seed: 9)
    let graph = graph(Tensor(scalar: UInt8(100)), convolved: true)
    let inputs = ["x": generator.tensor([2, 5, 7, 7])]
    let fast = try FastExecutor(graph: graph, options: .init(usesWinograd: false))
    let cuts = Array(0...graph.nodes.count)
    let actual = try fast.run(
      inputs: inputs, weights: [:], options: RunOptions(captureBefore: cuts))
    let expected = try ReferenceExecutor(graph: graph).run(inputs: inputs)
    let scale: Float = 0.0371
    for name in ["y", "r"] {
      let (mine, plain) = (try #require(actual.outputs[name]), try #require(expected[name]))
      // Another order of sums may change a code by one.
      for (a, b) in zip(mine.floats, plain.floats) { #expect(abs(a - b) <= scale * 1.001) }
      #expect(zip(mine.floats, plain.floats).count { $0 != $1 } <= 2)
    }
    for cut in cuts {
      let checkpoint = try #require(actual.checkpoints[cut])
      let resumed = try fast.run(
        inputs: [:], weights: [:], options: RunOptions(resume: checkpoint))
      for (name, tensor) in resumed.outputs {
        #expect(tensor.floats == actual.outputs[name]?.floats, "cut \(cut)")
      }
    }
  }

  /// A batch whose samples are rounded apart gives what the samples give one by one.
  @Test func samplesAreRoundedApart() throws {
    let graph = NetworkGraph(
      opsets: ["": 13],
      nodes: [
        Node(op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "s", "z"]),
        Node(op: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["y"]),
      ], inputs: [ValueInfo(name: "x", type: .float32, shape: [.symbol("N"), .fixed(6)])],
      outputs: [ValueInfo(name: "y", type: nil, shape: nil)])
    var generator = SeededGenerator(seed: 11)
    let values: [[Float]] = (0..<3).map { sample in
      (0..<6).map { _ in Float.random(in: -1...1, using: &generator) * Float(sample + 1) }
    }
    let apart = try FastExecutor(graph: graph, options: .init(roundsSamplesApart: true))
    let together = try FastExecutor(graph: graph)
    func run(_ executor: FastExecutor, _ samples: [[Float]]) throws -> [Float] {
      let inputs = ["x": Tensor([samples.count, 6], samples.flatMap { $0 })]
      let result = try executor.run(inputs: inputs, weights: [:], options: RunOptions())
      return try #require(result.outputs["y"]).floats
    }
    let single = try values.flatMap { try run(together, [$0]) }
    #expect(try run(apart, values) == single)
    #expect(try run(together, values) != single)
  }

  @Test(
    arguments: [
      [0.3, 1.7, -0.2, 0.9, 5.1, 2.2, 2.3, 0.01, -3.7], [0, 0, 0], [2, 3, 4], [-1, -2],
      [Float.leastNonzeroMagnitude],
    ] as [[Float]])
  func dynamicRoundingIsExact(_ values: [Float]) throws {
    let graph = NetworkGraph(
      opsets: ["": 13],
      nodes: [
        Node(op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "s", "z"]),
        Node(op: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["y"]),
      ], inputs: [ValueInfo(name: "x", type: .float32, shape: nil)],
      outputs: [ValueInfo(name: "y", type: nil, shape: nil)])
    let inputs = ["x": Tensor([values.count], values)]
    let fast = try FastExecutor(graph: graph)
    let actual = try fast.run(inputs: inputs, weights: [:], options: RunOptions())
    let expected = try ReferenceExecutor(graph: graph).run(inputs: inputs)
    #expect(actual.outputs["y"]?.floats == expected["y"]?.floats)
    #expect(throws: EngineError.self) {
      try fast.run(
        inputs: ["x": Tensor([3], [1, Float.nan, 2])], weights: [:], options: RunOptions())
    }
  }
}
