import Operators

/// The gradient of `Celu` (1704.07483): x or alpha (e^(x / alpha) - 1).
struct CeluGradient: UnaryGradient {
  let operators = ["Celu"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    let alpha = call.node.float("alpha") ?? 1
    return { x, y in x > 0 ? 1 : y / alpha + 1 }
  }
}
