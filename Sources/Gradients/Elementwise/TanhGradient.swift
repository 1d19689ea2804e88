import Operators

/// The gradient of `Tanh`: tanh(x).
struct TanhGradient: UnaryGradient {
  let operators = ["Tanh"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { _, y in 1 - y * y }
  }
}
