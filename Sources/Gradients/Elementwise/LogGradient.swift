import Operators

/// The gradient of `Log`: the natural logarithm.
struct LogGradient: UnaryGradient {
  let operators = ["Log"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in 1 / x }
  }
}
