import Foundation
import Operators

/// The gradient of `Swish` (1710.05941): x sigmoid(alpha x).
struct SwishGradient: UnaryGradient {
  let operators = ["Swish"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    let alpha = call.node.float("alpha") ?? 1
    return { x, y in
      let gate = 1 / (1 + exp(-alpha * x))
      return gate + alpha * y * (1 - gate)
    }
  }
}
