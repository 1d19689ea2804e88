/// ONNX `Relu`: `max(x, 0)`.
struct ReluOperator: NumberUnaryOperator {
  let name = "Relu"

  func apply<W: WorkNumber>(_ x: W) -> W { W.maximum(x, W.nought) }
}
