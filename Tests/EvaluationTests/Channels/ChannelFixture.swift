import Evaluation
import Execution
import ModelCompression
import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Builds small float graphs with seeded weights, and compares removal with zeroing on the reference
/// executor.
struct ChannelFixture {
  private var random: SeededGenerator
  private var nodes: [Node] = []
  private var initializers: OrderedDictionary<String, Tensor> = [:]
  private let inputs: [ValueInfo]
  let opset: Int

  /// A graph with one input `x` of this shape.
  init(input: [Dimension], seed: UInt64 = 1, opset: Int = 17) {
    random = SeededGenerator(seed: seed)
    inputs = [ValueInfo(name: "x", type: .float32, shape: input)]
    self.opset = opset
  }

  /// Adds a constant of seeded numbers around 0.
  @discardableResult
  mutating func weight(_ name: String, _ shape: [Int]) -> String {
    let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &random) }
    initializers[name] = Tensor(shape, values)
    return name
  }

  /// Adds integers.
  @discardableResult
  mutating func integers(_ name: String, _ values: [Int]) -> String {
    initializers[name] = Tensor([values.count], values.map { Int64($0) })
    return name
  }

  /// Adds one number.
  @discardableResult
  mutating func number(_ name: String, _ value: Float) -> String {
    initializers[name] = Tensor(scalar: value)
    return name
  }

  /// Adds a node named like its output.
  @discardableResult
  mutating func node(
    _ op: String, _ inputs: [String], _ output: String,
    _ attributes: OrderedDictionary<String, AttributeValue> = [:]
  ) -> String {
    nodes.append(
      Node(name: output, op: op, inputs: inputs, outputs: [output], attributes: attributes))
    return output
  }

  /// Adds a node of several outputs.
  mutating func node(
    _ op: String, _ inputs: [String], outputs: [String],
    _ attributes: OrderedDictionary<String, AttributeValue> = [:]
  ) {
    nodes.append(
      Node(name: outputs[0], op: op, inputs: inputs, outputs: outputs, attributes: attributes))
  }

  /// Adds a convolution of 3 x 3 with bias; its layer is called `output`.
  @discardableResult
  mutating func convolution(
    _ input: String, _ output: String, from inputs: Int, to outputs: Int, group: Int = 1
  ) -> String {
    weight("\(output).weight", [outputs, inputs / group, 3, 3])
    weight("\(output).bias", [outputs])
    return node(
      "Conv", [input, "\(output).weight", "\(output).bias"], output,
      ["pads": .ints([1, 1, 1, 1]), "group": .int(group)])
  }

  /// The graph with these outputs.
  func graph(_ outputs: [String]) -> NetworkGraph {
    NetworkGraph(
      name: "test", opsets: ["": opset], nodes: nodes, inputs: inputs,
      outputs: outputs.map { ValueInfo(name: $0, type: .float32, shape: nil) },
      initializers: initializers)
  }

  /// The outputs for seeded inputs.
  static func run(_ graph: NetworkGraph, shape: [Int]) throws -> [String: Tensor] {
    var random = SeededGenerator(seed: 99)
    let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &random) }
    return try ReferenceGraphExecutor(graph: graph).run(
      inputs: ["x": Tensor(shape, values)], weights: [:], options: RunOptions()
    ).outputs
  }

  /// What removal made of a graph.
  struct Outcome {
    let graph: NetworkGraph
    let report: ChannelReport
    /// Multiply-adds of all nodes by formula.
    let foreseen: Int

    /// The group that a layer belongs to.
    func group(_ layer: String) throws -> ChannelReport.Group {
      try #require(report.groups.first { $0.members.contains { $0.layer == layer } })
    }

    /// The shape of a constant.
    func shape(_ name: String) -> [Int]? { graph.constant(name)?.shape }
  }

  /// Removes channels, and expects the outputs of the graph with these channels at 0 (where `isExact`),
  /// and the multiply-adds foreseen.
  @discardableResult
  static func check(
    _ graph: NetworkGraph, _ removal: ChannelRemoval, shape: [Int], isExact: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let (smaller, report) = try removal.apply(to: graph)
    let groups = try ChannelGroups(of: graph)
    let units = try removal.choice(in: groups).removed
    let zeroed = try removal.zeroed(groups)
    let expected = try run(zeroed, shape: shape)
    let found = try run(smaller, shape: shape)
    for (name, tensor) in expected {
      let scale = tensor.doubles.map(abs).max() ?? 0
      let difference = TensorDifference.describe(
        try #require(found[name]), expected: tensor, relative: 0, absolute: 1e-5 * max(scale, 1e-6))
      #expect(
        (difference == nil) == isExact, "\(name): \(difference ?? "equal")",
        sourceLocation: sourceLocation)
    }
    let foreseen = groups.multiplyAdds(graph.sampleMultiplyAdds() ?? [], removing: units)
      .reduce(0) { $0 + ($1 ?? 0) }
    #expect(report.multiplyAddsAfter == foreseen, sourceLocation: sourceLocation)
    #expect(report.parametersAfter == smaller.floatParameters, sourceLocation: sourceLocation)
    let isInexact = report.groups.contains { $0.removed > 0 && $0.inexact != nil }
    #expect(isInexact != isExact, sourceLocation: sourceLocation)
    return Outcome(graph: smaller, report: report, foreseen: foreseen)
  }
}
