/// ONNX `Sign`: -1, 0 or 1; NaN stays.
struct SignOperator: NumberUnaryOperator {
  let name = "Sign"

  func apply<W: WorkNumber>(_ x: W) -> W {
    x > W.nought ? W.unit : (x < W.nought ? W.negated(W.unit) : x)
  }
}
