/// The gradient of `Add`: a + b, broadcast.
struct AddGradient: BinaryGradient {
  let operators = ["Add"]
  let left: @Sendable (Float, Float, Float) -> Float = { gradient, _, _ in gradient }
  let right: @Sendable (Float, Float, Float) -> Float = { gradient, _, _ in gradient }
}
