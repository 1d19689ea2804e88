/// ONNX `And`: whether both are true.
struct AndOperator: BoolBinaryOperator {
  let name = "And"

  func apply(_ left: Bool, _ right: Bool) -> Bool { left && right }
}
