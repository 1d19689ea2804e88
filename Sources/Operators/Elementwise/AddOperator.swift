/// ONNX `Add`: `A + B`.
struct AddOperator: NumberBinaryOperator {
  let name = "Add"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W { W.sum(left, right) }
}
