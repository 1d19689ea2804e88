import Operators

/// The gradient of `Neg`: -x.
struct NegGradient: UnaryGradient {
  let operators = ["Neg"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { _, _ in -1 }
  }
}
