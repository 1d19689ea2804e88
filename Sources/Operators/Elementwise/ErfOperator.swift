/// ONNX `Erf`: the error function.
struct ErfOperator: RealUnaryOperator {
  let name = "Erf"

  func apply<R: RealWork>(_ x: R) -> R {
    R.erf(x)
  }
}
