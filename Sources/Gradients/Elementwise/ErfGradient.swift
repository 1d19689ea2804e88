import Foundation
import Operators

/// The gradient of `Erf`: the error function.
struct ErfGradient: UnaryGradient {
  let operators = ["Erf"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in 2 / Float.pi.squareRoot() * exp(-x * x) }
  }
}
