import Tensors

/// The gradient of `ReduceSum`: that of the sum, for each element.
struct ReduceSumGradient: GradientRule {
  let operators = ["ReduceSum"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0) else { return [nil] }
    let x = try step.input(0)
    let axes = ReducedAxes(step, shape: x.shape, inputOpset: 13)
    return [Broadcast.expand(step.gradient.reshaped(axes.keptShape), to: x.shape)]
  }
}
