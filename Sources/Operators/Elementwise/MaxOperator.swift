/// ONNX `Max`: the greatest of the operands, element by element; NaN if any is.
struct MaxOperator: VariadicOperator {
  let name = "Max"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W { W.maximum(left, right) }
}
