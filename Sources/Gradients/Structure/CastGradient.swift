import Tensors

/// The gradient of `Cast` between floats: the gradient itself.
///
/// Integers have none.
struct CastGradient: GradientRule {
  let operators = ["Cast"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0), let input = step.inputs.first ?? nil, input.type == .float32 else {
      return [nil]
    }
    return [step.gradient]
  }
}
