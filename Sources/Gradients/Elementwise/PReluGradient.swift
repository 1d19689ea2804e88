import Tensors

/// The gradient of `PRelu`: x, or slope x below 0, the slope broadcast (1502.01852).
struct PReluGradient: BinaryGradient {
  let operators = ["PRelu"]
  let left: @Sendable (Float, Float, Float) -> Float = { gradient, x, slope in
    x > 0 ? gradient : gradient * slope
  }
  let right: @Sendable (Float, Float, Float) -> Float = { gradient, x, _ in
    x > 0 ? 0 : gradient * x
  }
}
