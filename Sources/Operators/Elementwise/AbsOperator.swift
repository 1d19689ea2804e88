/// ONNX `Abs`: the magnitude.
struct AbsOperator: NumberUnaryOperator {
  let name = "Abs"

  func apply<W: WorkNumber>(_ x: W) -> W { W.absolute(x) }
}
