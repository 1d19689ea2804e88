import Operators

/// The gradient of `Elu`: x or alpha (e^x - 1).
struct EluGradient: UnaryGradient {
  let operators = ["Elu"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    let alpha = call.node.float("alpha") ?? 1
    return { x, y in x > 0 ? 1 : y + alpha }
  }
}
