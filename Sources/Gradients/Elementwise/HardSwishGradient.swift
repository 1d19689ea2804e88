import Operators

/// The gradient of `HardSwish`: x max(0, min(1, x / 6 + 1 / 2)).
struct HardSwishGradient: UnaryGradient {
  let operators = ["HardSwish"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5 }
  }
}
