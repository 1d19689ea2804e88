/// ONNX `Or`: whether either is true.
struct OrOperator: BoolBinaryOperator {
  let name = "Or"

  func apply(_ left: Bool, _ right: Bool) -> Bool { left || right }
}
