import Operators

/// The gradient of `Exp`: e^x.
struct ExpGradient: UnaryGradient {
  let operators = ["Exp"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { _, y in y }
  }
}
