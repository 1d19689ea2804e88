/// ONNX `Min`: the least of the operands, element by element; NaN if any is.
struct MinOperator: VariadicOperator {
  let name = "Min"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W { W.minimum(left, right) }
}
