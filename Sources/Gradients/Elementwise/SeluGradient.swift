import Operators

/// The gradient of `Selu` (1706.02515): gamma x, or gamma alpha (e^x - 1).
struct SeluGradient: UnaryGradient {
  let operators = ["Selu"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    let alpha = call.node.float("alpha") ?? 1.673_263_2
    let gamma = call.node.float("gamma") ?? 1.050_701
    return { x, y in x > 0 ? gamma : y + gamma * alpha }
  }
}
