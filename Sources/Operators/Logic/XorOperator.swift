/// ONNX `Xor`: whether exactly one is true.
struct XorOperator: BoolBinaryOperator {
  let name = "Xor"

  func apply(_ left: Bool, _ right: Bool) -> Bool { left != right }
}
