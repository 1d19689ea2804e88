/// ONNX `BitwiseAnd`: the bits set in both.
struct BitwiseAndOperator: BitwiseBinaryOperator {
  let name = "BitwiseAnd"

  func apply<I: FixedWidthInteger>(_ left: I, _ right: I) -> I { left & right }
}
