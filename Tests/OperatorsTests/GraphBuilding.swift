import NetworkGraph
import OrderedCollections
import Tensors

/// Short forms for graphs in tests.
enum GraphBuilding {
  /// A graph of nodes with float32 inputs of open shape unless declared otherwise.
  static func graph(
    inputs: [ValueInfo], outputs: [String], nodes: [Node],
    initializers: OrderedDictionary<String, Tensor> = [:], opset: Int = 17
  ) -> NetworkGraph {
    NetworkGraph(
      name: "test", opsets: ["": opset], nodes: nodes, inputs: inputs,
      outputs: outputs.map { ValueInfo(name: $0, type: nil, shape: nil) },
      initializers: initializers)
  }

  /// A float32 value declaration; negative lengths are unknown.
  static func value(_ name: String, _ shape: [Dimension]?) -> ValueInfo {
    ValueInfo(name: name, type: .float32, shape: shape)
  }

  /// Runs one node on tensors; nil stands for an omitted input.
  static func node(
    _ op: String, _ inputs: [Tensor?], outputs: Int = 1,
    attributes: OrderedDictionary<String, AttributeValue> = [:], opset: Int = 17
  ) -> (graph: NetworkGraph, inputs: [String: Tensor]) {
    let names = inputs.indices.map { inputs[$0] == nil ? "" : "in\($0)" }
    let results = (0..<outputs).map { "out\($0)" }
    let graph = graph(
      inputs: zip(names, inputs).compactMap { name, tensor in
        tensor.map { ValueInfo(name: name, type: $0.type, shape: nil) }
      },
      outputs: results,
      nodes: [Node(op: op, inputs: names, outputs: results, attributes: attributes)], opset: opset)
    let values = Dictionary(
      uniqueKeysWithValues: zip(names, inputs).compactMap { name, tensor in
        tensor.map { (name, $0) }
      })
    return (graph, values)
  }
}
