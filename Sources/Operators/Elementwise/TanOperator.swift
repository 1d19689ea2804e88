/// ONNX `Tan`: the tangent.
struct TanOperator: RealUnaryOperator {
  let name = "Tan"

  func apply<R: RealWork>(_ x: R) -> R {
    R.tan(x)
  }
}
