import Operators

/// The gradient of `HardSigmoid`: max(0, min(1, alpha x + beta)).
struct HardSigmoidGradient: UnaryGradient {
  let operators = ["HardSigmoid"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    let alpha = call.node.float("alpha") ?? 0.2
    return { _, y in y > 0 && y < 1 ? alpha : 0 }
  }
}
