import Operators

/// The gradient of `LeakyRelu`: x or alpha x.
struct LeakyReluGradient: UnaryGradient {
  let operators = ["LeakyRelu"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    let alpha = call.node.float("alpha") ?? 0.01
    return { x, _ in x > 0 ? 1 : alpha }
  }
}
