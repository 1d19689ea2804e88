import NetworkGraph

extension NetworkGraph {
  /// The value that `name` has become after its activation function: what follows in the graph as
  /// long as it is worked out from `name` and constants alone, element by element, up to the first
  /// function that is not linear; a constant factor behind it still counts.
  ///
  /// So a bias that is added, a batch normalization that was not folded, Relu, x * sigmoid(x) and the
  /// several nodes of a GELU are passed. Where nothing of the kind follows, as in front of a residual
  /// sum, it is the value behind bias and normalization.
  ///
  /// - Complexity: O(nodes).
  func activated(
    _ name: String, producers: [String: Int], consumers: [String: [Int]]
  ) -> String {
    guard let start = producers[name] else { return name }
    let isOutput = Set(outputs.map(\.name))
    var derived: Set<String> = [name]
    // Readers of derived values that have not been visited.
    var open: [String: Int] = [name: (consumers[name] ?? []).count]
    var result = name
    var isActive = false
    var isComplete = false
    guard !isOutput.contains(name) else { return name }
    for index in nodes.indices.dropFirst(start + 1) {
      let node = nodes[index]
      let read = node.allInputs.filter { derived.contains($0) }
      guard !read.isEmpty else { continue }
      guard let kind = elementwiseKind(of: node, derived: derived, producers: producers),
        !isComplete || isScaling(node, producers: producers)
      else { return result }
      for value in read { open[value, default: 1] -= 1 }
      guard let output = node.outputs.first, !isOutput.contains(output) || consumers[output] == nil
      else { return result }
      derived.insert(output)
      open[output] = (consumers[output] ?? []).count
      if kind == .nonlinear { isActive = true }
      let unread = open.filter { $0.value > 0 || $0.key == output }
      if unread.count == 1 {
        result = output
        isComplete = isActive
      }
      if isOutput.contains(output) || unread.count > 3 { return result }
    }
    return result
  }

  /// Whether a node multiplies or divides by one number.
  private func isScaling(_ node: Node, producers: [String: Int]) -> Bool {
    ["Mul", "Div"].contains(node.op)
      && node.inputs.contains { constant($0, producers: producers)?.count == 1 }
  }

  private enum ElementwiseKind {
    case linear, nonlinear
  }

  /// What a node does to derived values; nil when it is not element by element, or reads other values.
  private func elementwiseKind(
    of node: Node, derived: Set<String>, producers: [String: Int]
  ) -> ElementwiseKind? {
    guard node.domain.isEmpty, node.outputs.dropFirst().allSatisfy(\.isEmpty),
      node.allInputs.allSatisfy({
        derived.contains($0) || constant($0, producers: producers) != nil
      })
    else { return nil }
    let several = node.inputs.filter { derived.contains($0) }.count > 1
    switch node.op {
    case "Add", "Sub", "Identity", "BatchNormalization": return several ? .nonlinear : .linear
    case "Mul", "Div": return several ? .nonlinear : .linear
    case "Relu", "LeakyRelu", "PRelu", "Clip", "Sigmoid", "Tanh", "Elu", "Selu", "Celu", "Softplus",
      "Softsign", "HardSigmoid", "HardSwish", "Gelu", "Mish", "Swish", "Erf", "ThresholdedRelu",
      "Abs", "Exp", "Pow", "Sqrt", "Log":
      return .nonlinear
    default: return nil
    }
  }
}
