/// ONNX `Asinh`: the inverse hyperbolic sine.
struct AsinhOperator: RealUnaryOperator {
  let name = "Asinh"

  func apply<R: RealWork>(_ x: R) -> R {
    R.asinh(x)
  }
}
