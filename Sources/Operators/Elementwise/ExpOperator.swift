/// ONNX `Exp`: *e* to the power of *x*.
struct ExpOperator: RealUnaryOperator {
  let name = "Exp"

  func apply<R: RealWork>(_ x: R) -> R {
    R.exp(x)
  }
}
