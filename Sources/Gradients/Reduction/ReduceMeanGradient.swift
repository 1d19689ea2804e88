import Tensors

/// The gradient of `ReduceMean`: that of the mean, divided among the elements.
struct ReduceMeanGradient: GradientRule {
  let operators = ["ReduceMean"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0) else { return [nil] }
    let x = try step.input(0)
    let axes = ReducedAxes(step, shape: x.shape, inputOpset: 18)
    let share = Elements.map(step.gradient) { $0 / Float(axes.length) }
    return [Broadcast.expand(share.reshaped(axes.keptShape), to: x.shape)]
  }
}
