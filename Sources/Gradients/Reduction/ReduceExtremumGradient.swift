import Tensors

/// The gradient of `ReduceMax` and `ReduceMin`: it goes to the elements that are the result, in equal
/// parts among equals, as PyTorch's `amax` does.
struct ReduceExtremumGradient: GradientRule {
  let operators = ["ReduceMax", "ReduceMin"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0), let result = step.outputs.first ?? nil else { return [nil] }
    let x = try step.input(0)
    let axes = ReducedAxes(step, shape: x.shape, inputOpset: 18)
    let wide = Broadcast.expand(result.reshaped(axes.keptShape), to: x.shape)
    let hits = Elements.map(x, wide) { $0 == $1 ? 1 : 0 }
    let counts = Broadcast.expand(Broadcast.reduce(hits, to: axes.keptShape), to: x.shape)
    let gradient = Broadcast.expand(step.gradient.reshaped(axes.keptShape), to: x.shape)
    return [Elements.map(gradient, hits, counts) { $1 > 0 ? $0 / $2 : 0 }]
  }
}
