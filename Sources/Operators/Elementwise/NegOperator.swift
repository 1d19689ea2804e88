/// ONNX `Neg`: `-x`.
struct NegOperator: NumberUnaryOperator {
  let name = "Neg"

  func apply<W: WorkNumber>(_ x: W) -> W { W.negated(x) }
}
