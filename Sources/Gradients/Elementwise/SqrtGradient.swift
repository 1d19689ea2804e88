import Operators

/// The gradient of `Sqrt`: the square root.
struct SqrtGradient: UnaryGradient {
  let operators = ["Sqrt"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { _, y in 0.5 / y }
  }
}
