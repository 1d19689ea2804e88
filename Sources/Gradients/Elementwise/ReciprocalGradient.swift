import Operators

/// The gradient of `Reciprocal`: 1 / x.
struct ReciprocalGradient: UnaryGradient {
  let operators = ["Reciprocal"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { _, y in -y * y }
  }
}
