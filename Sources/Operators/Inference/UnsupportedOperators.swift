import NetworkGraph
import Tensors

/// Finds the nodes that this package can't run.
public struct UnsupportedOperators {
  /// The nodes of `graph` that can't be run, with the reason, in node order.
  ///
  /// A node whose subgraphs hold such nodes is reported itself, with the reason of the first.
  public static func find(
    in graph: NetworkGraph, registry: OperatorRegistry = .standard
  ) -> [(nodeIndex: Int, reason: String)] {
    graph.nodes.indices.compactMap { index in
      reason(for: graph.nodes[index], in: graph, registry: registry).map { (index, $0) }
    }
  }

  private static func reason(
    for node: Node, in model: NetworkGraph, registry: OperatorRegistry
  ) -> String? {
    guard let entry = registry[node] else { return unknownReason(for: node, in: model) }
    let call = OperatorCall(node: node, opset: model.opset(of: node))
    if let reason = entry.unsupportedReason(call) { return reason }
    for subgraph in node.subgraphs {
      for inner in subgraph.nodes {
        if let reason = reason(for: inner, in: model, registry: registry) {
          return "subgraph: \(inner.op): \(reason)"
        }
      }
    }
    return nil
  }

  private static func unknownReason(for node: Node, in model: NetworkGraph) -> String {
    let domain = node.domain.isEmpty ? "ai.onnx" : node.domain
    if model.functionNames.contains("\(node.domain):\(node.op)")
      || model.functionNames.contains("\(domain):\(node.op)")
    {
      return "defined as a function in the file"
    }
    return "operator '\(node.op)' of domain '\(domain)' is not known"
  }

  /// The error of running a node that no operator is registered for.
  static func error(for node: Node, in model: NetworkGraph) -> EngineError {
    EngineError(
      .unsupported, problem: unknownReason(for: node, in: model),
      remedy: "The model can be inspected but not run; export it with standard ONNX operators")
  }
}
