/// The gradient of `Sub`: a - b, broadcast.
struct SubGradient: BinaryGradient {
  let operators = ["Sub"]
  let left: @Sendable (Float, Float, Float) -> Float = { gradient, _, _ in gradient }
  let right: @Sendable (Float, Float, Float) -> Float = { gradient, _, _ in -gradient }
}
