import Operators
import Tensors

/// The gradient of `Clip`: 1 within the limits, the limits themselves included, as in PyTorch.
///
/// The limits are attributes before opset 11 and inputs since; they have no gradient.
struct ClipGradient: GradientRule {
  let operators = ["Clip"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    guard step.wants(0) else { return [nil] }
    let x = try step.input(0)
    func limit(_ name: String, _ index: Int) -> Float? {
      if step.call.opset < 11 { return step.call.node.float(name) }
      return index < step.inputs.count ? step.inputs[index]?.floats.first : nil
    }
    let low = limit("min", 1) ?? -.infinity
    let high = limit("max", 2) ?? .infinity
    return [Elements.map(step.gradient, x) { $1 >= low && $1 <= high ? $0 : 0 }]
  }
}
