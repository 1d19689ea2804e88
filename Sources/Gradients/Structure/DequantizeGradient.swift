import Tensors

/// The gradient of `DequantizeLinear`: scale (code - zero point).
struct DequantizeGradient: GradientRule {
  let operators = ["DequantizeLinear"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let none = [Tensor?](repeating: nil, count: step.inputs.count - 1)
    guard step.wants(0), let code = step.inputs[0], let scale = step.inputs[1] else {
      return [nil] + none
    }
    let axis = ScaleAxis(
      step.call.node.int("axis") ?? 1, of: code.shape, count: scale.count)
    let scales = scale.floats
    let gradient = step.gradient
    return [
      Tensor.building(code.shape, of: Float.self) { result in
        gradient.withElements(of: Float.self) { gradient in
          for place in gradient.indices {
            result[place] = gradient[place] * scales[axis.channel(place)]
          }
        }
      }
    ] + none
  }
}
