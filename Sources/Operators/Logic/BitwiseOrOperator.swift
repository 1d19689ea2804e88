/// ONNX `BitwiseOr`: the bits set in either.
struct BitwiseOrOperator: BitwiseBinaryOperator {
  let name = "BitwiseOr"

  func apply<I: FixedWidthInteger>(_ left: I, _ right: I) -> I { left | right }
}
