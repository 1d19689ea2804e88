/// ONNX `Asin`: the inverse sine.
struct AsinOperator: RealUnaryOperator {
  let name = "Asin"

  func apply<R: RealWork>(_ x: R) -> R {
    R.asin(x)
  }
}
