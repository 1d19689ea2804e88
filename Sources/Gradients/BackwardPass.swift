import NetworkGraph
import Operators
import Tensors

/// Reverse-mode differentiation of a graph: from gradients of its outputs to those of its weights and
/// inputs, node by node from the back.
public struct BackwardPass: Sendable {
  /// The graph.
  public let graph: NetworkGraph
  /// The values whose gradients are asked for: constants or inputs by name.
  public let wanted: Set<String>
  private let rules: GradientRegistry
  /// Values that depend on a wanted one: only through them do gradients have to pass.
  private let depending: Set<String>

  /// Prepares the way back.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` naming every operator between the wanted values
  ///   and the outputs that can't be differentiated.
  public init(
    graph: NetworkGraph, wanted: Set<String>, rules: GradientRegistry = .standard
  ) throws(EngineError) {
    self.graph = graph
    self.wanted = wanted
    self.rules = rules
    var depending = wanted
    var missing: Set<String> = []
    for node in graph.nodes where node.inputs.contains(where: depending.contains) {
      for output in node.outputs where !output.isEmpty { depending.insert(output) }
      if rules[node] == nil, !Self.stopsGradients.contains(node.op) { missing.insert(node.op) }
    }
    guard missing.isEmpty else {
      throw EngineError(
        .unsupported,
        problem: "no gradient is known for \(missing.sorted().joined(separator: ", "))",
        remedy: "Train layers behind these nodes only")
    }
    self.depending = depending
  }

  /// Operators whose results do not change with small changes of their inputs.
  private static let stopsGradients: Set<String> = [
    "ArgMax", "ArgMin", "Equal", "Greater", "Less", "NonZero", "Not", "Shape", "Size",
  ]

  /// The values that ``gradients(values:seeds:)`` reads, beside constants.
  public var neededValues: Set<String> {
    var needed: Set<String> = []
    for node in graph.nodes where node.inputs.contains(where: depending.contains) {
      needed.formUnion(node.inputs)
      needed.formUnion(node.outputs)
    }
    needed.remove("")
    return needed
  }

  /// dL/dv of each wanted value.
  ///
  /// - Parameters:
  ///   - values: The value of every input and node output of the graph, as a forward run gave them, and
  ///     of constants that differ from the graph's.
  ///   - seeds: dL/dy of graph outputs (or any other values) by name, float32 in their shapes.
  /// - Returns: Float32 gradients by name; a value that the loss does not depend on is missing.
  /// - Throws: ``EngineError`` naming the node.
  public func gradients(
    values: [String: Tensor], seeds: [String: Tensor]
  ) throws(EngineError) -> [String: Tensor] {
    let producers = graph.producers()
    var gradients = seeds
    for node in graph.nodes.reversed() {
      let own = node.outputs.map { gradients[$0] }
      let wants = node.inputs.map { depending.contains($0) }
      guard own.contains(where: { $0 != nil }), wants.contains(true), let rule = rules[node] else {
        continue
      }
      func value(_ name: String) -> Tensor? {
        name.isEmpty ? nil : values[name] ?? graph.constant(name, producers: producers)
      }
      let step = GradientStep(
        call: OperatorCall(node: node, opset: graph.opset), inputs: node.inputs.map(value),
        outputs: node.outputs.map(value), outputGradients: own, wanted: wants)
      let found: [Tensor?]
      do throws(EngineError) {
        found = try rule.gradients(step)
      } catch {
        throw error.about(
          "\(node.op) '\(node.name.isEmpty ? node.outputs.first ?? "" : node.name)'")
      }
      for output in node.outputs where !wanted.contains(output) { gradients[output] = nil }
      for (name, gradient) in zip(node.inputs, found) {
        guard let gradient else { continue }
        gradients[name] = gradients[name].map { Elements.sum($0, gradient) } ?? gradient
      }
    }
    return gradients.filter { wanted.contains($0.key) }
  }
}
