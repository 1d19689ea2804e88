/// The gradient of `Div`: a / b, broadcast.
struct DivGradient: BinaryGradient {
  let operators = ["Div"]
  let left: @Sendable (Float, Float, Float) -> Float = { gradient, _, b in gradient / b }
  let right: @Sendable (Float, Float, Float) -> Float = { gradient, a, b in -gradient * a / (b * b)
  }
}
