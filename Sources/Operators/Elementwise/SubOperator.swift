/// ONNX `Sub`: `A - B`.
struct SubOperator: NumberBinaryOperator {
  let name = "Sub"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W { W.difference(left, right) }
}
