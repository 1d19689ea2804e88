import Operators
import Tensors

/// The gradient of `Resize` and `Upsample`, nearest, linear and cubic: the same weights, the other way
/// round.
///
/// Scales, sizes and crops have none.
struct ResizeGradient: GradientRule {
  let operators = ["Resize", "Upsample"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0) else { return [nil] }
    return [try ResizeAdjoint.run(step.call, inputs: step.inputs, gradient: step.gradient)]
  }
}
