/// ONNX `Mul`: `A * B`.
struct MulOperator: NumberBinaryOperator {
  let name = "Mul"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W { W.product(left, right) }
}
