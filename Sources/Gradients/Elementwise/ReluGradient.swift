import Operators

/// The gradient of `Relu`: max(x, 0); 0 at 0, as in PyTorch.
struct ReluGradient: UnaryGradient {
  let operators = ["Relu"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in x > 0 ? 1 : 0 }
  }
}
