import NetworkGraph
import Tensors

/// Counts the arithmetic of a graph.
public struct LayerCosts {
  /// Multiply-adds of each node for inputs of the given shapes, in node order.
  ///
  /// Give shapes with a batch of 1 for the cost of one sample. Nil stands for nodes of unknown
  /// operators and of unknown shapes. As usual, convolutions, matrix products and recurrent layers
  /// count; normalization and elementwise arithmetic are 0.
  public static func multiplyAdds(
    graph: NetworkGraph, inputShapes: [String: [Int]], registry: OperatorRegistry = .standard
  ) throws(EngineError) -> [Int?] {
    let facts = try ShapeInference.infer(
      graph: graph, inputShapes: inputShapes, registry: registry)
    return graph.nodes.map { node in
      guard let entry = registry[node] else { return nil }
      var inputs: [TensorFact?] = []
      for name in node.inputs {
        let fact = facts[name]
        if !name.isEmpty, fact?.shape == nil { return nil }
        inputs.append(fact)
      }
      var outputs: [TensorFact] = []
      for name in node.outputs {
        guard let fact = facts[name], fact.shape != nil else {
          // Outputs nobody needs have no fact; the first one always has.
          if name.isEmpty, !outputs.isEmpty { break }
          return nil
        }
        outputs.append(fact)
      }
      let call = OperatorCall(node: node, opset: graph.opset(of: node))
      return entry.multiplyAdds(call, inputs, outputs)
    }
  }
}
