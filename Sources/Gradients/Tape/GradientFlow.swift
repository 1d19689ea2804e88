import NetworkGraph
import Tensors

/// Through which values of a graph gradients pass.
struct GradientFlow: Sendable {
  /// The values whose gradients are asked for: constants or inputs by name.
  let wanted: Set<String>
  /// Values that depend on a wanted one, and those themselves.
  let depending: Set<String>

  /// Operators whose results do not change with small changes of their inputs.
  private static let stopsGradients: Set<String> = [
    "And", "ArgMax", "ArgMin", "Ceil", "Equal", "Floor", "Greater", "GreaterOrEqual", "IsInf",
    "IsNaN", "Less", "LessOrEqual", "NonMaxSuppression", "NonZero", "Not", "OneHot", "Or", "Round",
    "Shape", "Sign", "Size", "Xor",
  ]

  /// Follows the wanted values to the outputs.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` naming every operator between the wanted values
  ///   and the outputs that can't be differentiated.
  init(
    graph: NetworkGraph, wanted: Set<String>, rules: GradientRegistry
  ) throws(EngineError) {
    self.wanted = wanted
    var depending = wanted
    var missing: Set<String> = []
    for node in graph.nodes where node.inputs.contains(where: depending.contains) {
      if Self.stopsGradients.contains(node.op), node.domain.isEmpty { continue }
      for output in node.outputs where !output.isEmpty { depending.insert(output) }
      if rules[node] == nil { missing.insert(node.op) }
    }
    guard missing.isEmpty else {
      throw EngineError(
        .unsupported,
        problem: "no gradient is known for \(missing.sorted().joined(separator: ", "))",
        remedy: "Compress it without training: repair, gptq and sparsegpt need no gradients")
    }
    self.depending = depending
  }

  /// Whether the gradient of any of these values is needed.
  func reaches(_ names: [String]) -> Bool { names.contains(where: depending.contains) }
}
