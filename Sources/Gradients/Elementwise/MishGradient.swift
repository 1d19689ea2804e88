import Foundation
import Operators

/// The gradient of `Mish`: x tanh(ln(1 + e^x)).
struct MishGradient: UnaryGradient {
  let operators = ["Mish"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in
      let sigmoid = 1 / (1 + exp(-x))
      // Above 30, ln(1 + e^x) is x in float32, and e^x would overflow later.
      let bent = tanh(log1p(exp(min(x, 30))))
      return bent + x * sigmoid * (1 - bent * bent)
    }
  }
}
