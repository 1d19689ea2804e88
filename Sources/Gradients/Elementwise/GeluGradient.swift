import Foundation
import Operators

/// The gradient of `Gelu`: x Phi(x), or its approximation by tanh (Hendrycks and Gimpel, 1606.08415).
struct GeluGradient: UnaryGradient {
  let operators = ["Gelu"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    guard call.node.string("approximate") == "tanh" else {
      return { x, _ in
        let below = 0.5 * (1 + erf(x / Float(2).squareRoot()))
        return below + x * exp(-x * x / 2) / (2 * Float.pi).squareRoot()
      }
    }
    let factor = (2 / Float.pi).squareRoot()
    return { x, _ in
      let bent = tanh(factor * (x + 0.044715 * x * x * x))
      return 0.5 * (1 + bent)
        + 0.5 * x * (1 - bent * bent) * factor * (1 + 3 * 0.044715 * x * x)
    }
  }
}
