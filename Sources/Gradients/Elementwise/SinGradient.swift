import Foundation
import Operators

/// The gradient of `Sin`: the sine.
struct SinGradient: UnaryGradient {
  let operators = ["Sin"]

  func slope(_ call: OperatorCall) -> (Float, Float) -> Float {
    { x, _ in cos(x) }
  }
}
