import Foundation
import Operators

/// The gradient of `Cos`: the cosine.
struct CosGradient: UnaryGradient {
  let operators = ["Cos"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in -sin(x) }
  }
}
