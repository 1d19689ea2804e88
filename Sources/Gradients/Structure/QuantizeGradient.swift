import Tensors

/// The straight-through estimator (1308.3432) of `QuantizeLinear` and `DynamicQuantizeLinear`: rounding
/// counts as x / scale within the range of the codes, and as a constant beyond it.
///
/// Scales and zero points have no gradient.
struct QuantizeGradient: GradientRule {
  let operators = ["QuantizeLinear", "DynamicQuantizeLinear"]

  func gradients(_ step: GradientStep) throws(EngineError) -> [Tensor?] {
    let x = try step.input(0)
    let none = [Tensor?](repeating: nil, count: max(step.inputs.count - 1, 0))
    // The range of a dynamic scale holds every element.
    let isDynamic = step.call.node.op == "DynamicQuantizeLinear"
    let given = isDynamic ? (step.outputs.count > 1 ? step.outputs[1] : nil) : step.inputs[1]
    guard step.wants(0), let given, let code = step.outputs.first ?? nil else {
      return [nil] + none
    }
    let axis = ScaleAxis(step.call.node.int("axis") ?? 1, of: x.shape, count: given.count)
    let scales = given.floats
    let zeros = step.inputs.count > 2 ? step.inputs[2]?.doubles ?? [0] : [0]
    let limits = isDynamic ? nil : Self.limits(code.type)
    let gradient = step.gradient
    let result = Tensor.building(x.shape, of: Float.self) { result in
      x.withElements(of: Float.self) { x in
        gradient.withElements(of: Float.self) { gradient in
          for place in x.indices {
            let channel = axis.channel(place)
            let scale = scales[channel]
            let value =
              Double(x[place] / scale).rounded(.toNearestOrEven)
              + zeros[zeros.count > 1 ? channel : 0]
            let isInside = limits?.contains(value) ?? true
            result[place] = isInside ? gradient[place] / scale : 0
          }
        }
      }
    }
    return [result] + none
  }

  /// The least and the greatest code of a type; nil for floats, which saturate far away.
  private static func limits(_ type: ElementType) -> ClosedRange<Double>? {
    switch type {
    case .uint8: 0...255
    case .int8: -128...127
    case .uint16: 0...65535
    case .int16: -32768...32767
    case .uint4: 0...15
    case .int4: -8...7
    case .uint2: 0...3
    case .int2: -2...1
    default: nil
    }
  }
}
