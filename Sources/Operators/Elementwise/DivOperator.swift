/// ONNX `Div`: `A / B`; integers truncate toward zero.
struct DivOperator: NumberBinaryOperator {
  let name = "Div"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W { W.quotient(left, right) }
}
