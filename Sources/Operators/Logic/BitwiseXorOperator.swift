/// ONNX `BitwiseXor`: the bits set in exactly one.
struct BitwiseXorOperator: BitwiseBinaryOperator {
  let name = "BitwiseXor"

  func apply<I: FixedWidthInteger>(_ left: I, _ right: I) -> I { left ^ right }
}
