import Execution
import NetworkGraph
import Operators
import Tensors

/// Any other node: forwards by a graph of this node alone, or by its reference kernel; backwards by its
/// rule, on plain tensors.
struct GeneralStep: TapeStep {
  let node: Node
  private let opset: Int
  private let rule: (any GradientRule)?
  private let fast: FastNode?

  /// - Parameters:
  ///   - constants: The graph's constants.
  ///   - flow: Tells which of them change with every step.
  init(
    _ node: Node, graph: NetworkGraph, rules: GradientRegistry, constants: [String: Tensor],
    flow: GradientFlow
  ) {
    self.node = node
    opset = node.domain.isEmpty ? graph.opset : graph.opsets[node.domain] ?? 1
    rule = rules[node]
    fast = FastNode(node, graph: graph, constants: constants, flow: flow)
  }

  var inputs: [String] { node.allInputs }
  var outputs: [String] { node.outputs }

  func forward(_ tape: Tape) throws(EngineError) {
    var given: [Tensor?] = []
    for name in node.inputs { given.append(try tape.optionalTensor(name)) }
    let results: [Tensor]
    if let fast, let found = try fast.run(given, tape) {
      results = found
    } else {
      guard let entry = OperatorRegistry.standard[node] else {
        throw EngineError(
          .unsupported, problem: "operator '\(node.op)' of domain '\(node.domain)' is not known",
          remedy: "The model can be inspected but not run")
      }
      let call = OperatorCall(node: node, opset: opset)
      if let reason = entry.unsupportedReason(call) {
        throw EngineError(
          .unsupported, problem: reason, remedy: "The model can be inspected but not run")
      }
      results = try entry.run(call, given)
    }
    for (name, value) in zip(node.outputs, results) where !name.isEmpty { tape.set(name, value) }
  }

  func backward(_ tape: Tape) throws(EngineError) {
    var own: [Tensor?] = []
    for name in node.outputs { own.append(try tape.plainGradient(name)) }
    let wanted = node.inputs.map { tape.flow.depending.contains($0) }
    guard own.contains(where: { $0 != nil }), wanted.contains(true), let rule else { return }
    var (given, results): ([Tensor?], [Tensor?]) = ([], [])
    for name in node.inputs { given.append(try tape.optionalTensor(name)) }
    for name in node.outputs { results.append(try tape.optionalTensor(name)) }
    let found = try rule.gradients(
      GradientStep(
        call: OperatorCall(node: node, opset: opset), inputs: given, outputs: results,
        outputGradients: own, wanted: wanted))
    for (name, gradient) in zip(node.inputs, found) { try tape.add(gradient, to: name) }
  }
}
