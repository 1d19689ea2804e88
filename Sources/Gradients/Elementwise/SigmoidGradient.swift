import Operators

/// The gradient of `Sigmoid`: 1 / (1 + e^-x).
struct SigmoidGradient: UnaryGradient {
  let operators = ["Sigmoid"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { _, y in y * (1 - y) }
  }
}
