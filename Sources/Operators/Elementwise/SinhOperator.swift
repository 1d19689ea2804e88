/// ONNX `Sinh`: the hyperbolic sine.
struct SinhOperator: RealUnaryOperator {
  let name = "Sinh"

  func apply<R: RealWork>(_ x: R) -> R {
    R.sinh(x)
  }
}
