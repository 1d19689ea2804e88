/// ONNX `Tanh`: the hyperbolic tangent.
struct TanhOperator: RealUnaryOperator {
  let name = "Tanh"

  func apply<R: RealWork>(_ x: R) -> R {
    R.tanh(x)
  }
}
