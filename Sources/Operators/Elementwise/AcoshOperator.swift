/// ONNX `Acosh`: the inverse hyperbolic cosine.
struct AcoshOperator: RealUnaryOperator {
  let name = "Acosh"

  func apply<R: RealWork>(_ x: R) -> R {
    R.acosh(x)
  }
}
