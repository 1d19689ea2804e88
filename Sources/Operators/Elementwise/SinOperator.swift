/// ONNX `Sin`: the sine.
struct SinOperator: RealUnaryOperator {
  let name = "Sin"

  func apply<R: RealWork>(_ x: R) -> R {
    R.sin(x)
  }
}
