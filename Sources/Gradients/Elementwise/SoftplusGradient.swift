import Foundation
import Operators

/// The gradient of `Softplus`: ln(1 + e^x).
struct SoftplusGradient: UnaryGradient {
  let operators = ["Softplus"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in 1 / (1 + exp(-x)) }
  }
}
