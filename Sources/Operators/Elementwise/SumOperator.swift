/// ONNX `Sum`: the sum of the operands, element by element.
struct SumOperator: VariadicOperator {
  let name = "Sum"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W { W.sum(left, right) }
}
