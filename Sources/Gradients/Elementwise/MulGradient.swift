/// The gradient of `Mul`: a b, broadcast.
struct MulGradient: BinaryGradient {
  let operators = ["Mul"]
  let left: @Sendable (Float, Float, Float) -> Float = { gradient, _, b in gradient * b }
  let right: @Sendable (Float, Float, Float) -> Float = { gradient, a, _ in gradient * a }
}
