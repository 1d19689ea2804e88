import Foundation

/// The gradient of `Pow`: a^b, broadcast.
struct PowGradient: BinaryGradient {
  let operators = ["Pow"]
  let left: @Sendable (Float, Float, Float) -> Float = { gradient, a, b in
    gradient * b * pow(a, b - 1)
  }
  let right: @Sendable (Float, Float, Float) -> Float = { gradient, a, b in
    a > 0 ? gradient * pow(a, b) * log(a) : 0
  }
}
