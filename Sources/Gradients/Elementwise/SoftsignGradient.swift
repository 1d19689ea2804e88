import Operators

/// The gradient of `Softsign`: x / (1 + |x|).
struct SoftsignGradient: UnaryGradient {
  let operators = ["Softsign"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in 1 / ((1 + abs(x)) * (1 + abs(x))) }
  }
}
