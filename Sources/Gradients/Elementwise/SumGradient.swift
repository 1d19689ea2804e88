import Tensors

/// The gradient of `Sum` and `Mean` of any number of inputs.
struct SumGradient: GradientRule {
  let operators = ["Sum", "Mean"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let factor = step.call.node.op == "Mean" ? 1 / Float(max(step.inputs.count, 1)) : 1
    let gradient = factor == 1 ? step.gradient : Elements.map(step.gradient) { $0 * factor }
    return step.inputs.indices.map { index in
      guard step.wants(index), let input = step.inputs[index] else { return nil }
      return Broadcast.reduce(gradient, to: input.shape)
    }
  }
}
