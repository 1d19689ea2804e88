import Execution
import NetworkGraph
import OrderedCollections
import Tensors
import TestSupport

/// One node with random inputs, made from a seed.
struct RandomNode {
  var op: String
  var inputs: [Tensor?]
  var attributes: OrderedDictionary<String, AttributeValue> = [:]
  var opset = 17
  /// Inputs from this index on are constants of the graph.
  var constantsFrom = 1

  /// The graph of the node alone, and its runtime inputs.
  func graph() -> (graph: NetworkGraph, inputs: [String: Tensor]) {
    var runtime: [String: Tensor] = [:]
    var initializers: OrderedDictionary<String, Tensor> = [:]
    var infos: [ValueInfo] = []
    let names = inputs.indices.map { inputs[$0] == nil ? "" : "in\($0)" }
    for (index, tensor) in inputs.enumerated() {
      guard let tensor else { continue }
      if index >= constantsFrom {
        initializers[names[index]] = tensor
      } else {
        runtime[names[index]] = tensor
        infos.append(ValueInfo(name: names[index], type: tensor.type, shape: nil))
      }
    }
    let node = Node(op: op, inputs: names, outputs: ["out"], attributes: attributes)
    let graph = NetworkGraph(
      name: op, opsets: ["": opset], nodes: [node], inputs: infos,
      outputs: [ValueInfo(name: "out", type: nil, shape: nil)], initializers: initializers)
    return (graph, runtime)
  }

  /// Whether the fast executor runs the node on oneDNN.
  func isOnOneDNN() throws -> Bool {
    let (graph, inputs) = graph()
    let steps = try FastExecutor(graph: graph).implementations(
      inputShapes: inputs.mapValues(\.shape))
    return steps.contains { $0.implementation != "reference" }
  }

  /// How the fast executor differs from the reference executor; nil when it does not.
  func difference(absolute: Double = 1e-4) throws -> String? {
    let (graph, inputs) = graph()
    let expected = try ReferenceGraphExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions())
    let actual = try FastExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions())
    guard let wanted = expected.outputs["out"], let value = actual.outputs["out"] else {
      return "no output"
    }
    return TensorComparison.difference(value, wanted, relative: 1e-3, absolute: absolute)
  }
}

extension SeededGenerator {
  /// A tensor of normal-looking numbers.
  mutating func tensor(_ shape: [Int], in range: ClosedRange<Float> = -2...2) -> Tensor {
    Tensor(
      shape, (0..<shape.reduce(1, *)).map { _ in Float.random(in: range, using: &self) })
  }

  /// A number in a range.
  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// Numbers in a range.
  mutating func ints(_ count: Int, _ range: ClosedRange<Int>) -> [Int] {
    (0..<count).map { _ in int(range) }
  }
}
