/// ONNX `Floor`: the greatest integer not above *x*.
struct FloorOperator: RealUnaryOperator {
  let name = "Floor"

  func apply<R: RealWork>(_ x: R) -> R {
    x.rounded(.down)
  }
}
