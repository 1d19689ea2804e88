import NetworkGraph
import Operators
import Tensors

/// Applies operators' reference kernels to plain tensors, subgraphs included.
struct PlainInterpreter: Sendable {
  /// Where the operator-set versions come from.
  let model: NetworkGraph
  /// The operators in use.
  let registry: OperatorRegistry

  /// The outputs of one node.
  ///
  /// - Parameters:
  ///   - inputs: The node's inputs in order; nil for omitted ones.
  ///   - captured: Values that the node's subgraphs read from outside.
  func run(
    _ node: Node, inputs: [Tensor?], captured: [String: Tensor] = [:]
  ) throws(EngineError) -> [Tensor] {
    if let constant = node.constantValue { return [constant] }
    guard let entry = registry[node] else {
      throw EngineError(
        .unsupported, problem: "operator '\(node.op)' of domain '\(node.domain)' is not known",
        remedy: "The model can be inspected but not run")
    }
    let call = OperatorCall(
      node: node, opset: opset(of: node),
      runSubgraph: node.subgraphs.isEmpty ? nil : subgraphRunner(captured))
    if let reason = entry.unsupportedReason(call) {
      throw EngineError(
        .unsupported, problem: reason, remedy: "The model can be inspected but not run")
    }
    let results = try entry.run(call, inputs)
    for (index, name) in node.outputs.enumerated() where index >= results.count && !name.isEmpty {
      throw EngineError(
        .unsupported, problem: "output \(index) ('\(name)') is not computed by this version",
        remedy: "The model can be inspected but not run")
    }
    return results
  }

  /// The operator-set version that a node is to be understood in.
  func opset(of node: Node) -> Int {
    node.domain.isEmpty ? model.opset : model.opsets[node.domain] ?? 1
  }

  private func subgraphRunner(_ captured: [String: Tensor]) -> OperatorCall.SubgraphRunner {
    { (graph: NetworkGraph, arguments: [Tensor]) throws(EngineError) -> [Tensor] in
      guard graph.inputs.count == arguments.count else {
        throw EngineError(
          .malformedFile, subject: "subgraph '\(graph.name)'",
          problem: "declares \(graph.inputs.count) inputs but gets \(arguments.count)",
          remedy: "Export the model again or check it with onnx.checker")
      }
      var scope = captured
      for (name, tensor) in graph.initializers { scope[name] = tensor }
      for (input, value) in zip(graph.inputs, arguments) { scope[input.name] = value }
      for node in graph.nodes {
        var inputs: [Tensor?] = []
        for name in node.inputs {
          inputs.append(name.isEmpty ? nil : try find(name, in: scope))
        }
        let results = try run(node, inputs: inputs, captured: node.subgraphs.isEmpty ? [:] : scope)
        for (name, value) in zip(node.outputs, results) where !name.isEmpty { scope[name] = value }
      }
      var outputs: [Tensor] = []
      for output in graph.outputs { outputs.append(try find(output.name, in: scope)) }
      return outputs
    }
  }

  private func find(_ name: String, in scope: [String: Tensor]) throws(EngineError) -> Tensor {
    guard let value = scope[name] else {
      throw EngineError(
        .malformedFile, problem: "value '\(name)' is missing when it is read",
        remedy: "Export the model again or check it with onnx.checker")
    }
    return value
  }
}
