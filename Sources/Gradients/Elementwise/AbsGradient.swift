import Operators

/// The gradient of `Abs`: |x|; 0 at 0.
struct AbsGradient: UnaryGradient {
  let operators = ["Abs"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in x > 0 ? 1 : x < 0 ? -1 : 0 }
  }
}
