/// ONNX `Cosh`: the hyperbolic cosine.
struct CoshOperator: RealUnaryOperator {
  let name = "Cosh"

  func apply<R: RealWork>(_ x: R) -> R {
    R.cosh(x)
  }
}
