import NetworkGraph
import Operators
import Tensors

/// The gradient of `Einsum`: that of an operand is the `Einsum` of dL/dY and the other operands with the
/// operand's letters as the result; along letters that it alone has, it is repeated.
struct EinsumGradient: GradientRule {
  let operators = ["Einsum"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let (terms, output) = try terms(step)
    var inputs: [Tensor] = []
    for index in step.inputs.indices { inputs.append(try step.input(index)) }
    var result = [Tensor?](repeating: nil, count: inputs.count)
    for index in inputs.indices where step.wants(index) {
      let others = inputs.indices.filter { $0 != index }
      let given = [output] + others.map { terms[$0] }
      let known = Set(given.joined())
      let own = terms[index].filter { known.contains($0) }
      let node = Node(
        op: "Einsum", inputs: given.indices.map { "\($0)" }, outputs: ["y"],
        attributes: [
          "equation": .string(Array("\(given.joined(separator: ","))->\(own)".utf8))
        ])
      guard
        let found = try OperatorRegistry.standard[node]?.run(
          OperatorCall(node: node, opset: step.call.opset),
          [step.gradient] + others.map { inputs[$0] }
        ).first
      else { continue }
      let shape = inputs[index].shape
      let kept = zip(terms[index], shape).map { known.contains($0) ? $1 : 1 }
      result[index] = Broadcast.expand(found.reshaped(kept), to: shape)
    }
    return result
  }

  /// The letters of the operands and of the result.
  private func terms(
    _ step: GradientStep
  ) throws(EngineError) -> (operands: [String], result: String) {
    let equation = (step.call.node.string("equation") ?? "").filter { $0 != " " }
    let sides = equation.split(separator: ">", omittingEmptySubsequences: false)
    let terms = sides[0].replacing("-", with: "")
      .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    // Lengths of 1 that are repeated would have to be added up again.
    var lengths: [Character: Int] = [:]
    var isPlain = sides.count == 2 && !equation.contains(".") && terms.count == step.inputs.count
    for (term, input) in zip(terms, step.inputs) {
      isPlain = isPlain && Set(term).count == term.count
      for (letter, length) in zip(term, input?.shape ?? []) {
        isPlain = isPlain && lengths[letter] ?? length == length
        lengths[letter] = length
      }
    }
    guard isPlain else {
      throw EngineError(
        .unsupported,
        problem:
          "Einsum '\(equation)' with '...', repeated letters, lengths of 1 that are repeated, "
          + "or without '->' has no gradient in this version",
        remedy: "Freeze the layers in front of it")
    }
    return (terms, String(sides[1]))
  }
}
