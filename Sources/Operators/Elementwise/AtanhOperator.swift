/// ONNX `Atanh`: the inverse hyperbolic tangent.
struct AtanhOperator: RealUnaryOperator {
  let name = "Atanh"

  func apply<R: RealWork>(_ x: R) -> R {
    R.atanh(x)
  }
}
