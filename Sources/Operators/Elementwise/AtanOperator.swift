/// ONNX `Atan`: the inverse tangent.
struct AtanOperator: RealUnaryOperator {
  let name = "Atan"

  func apply<R: RealWork>(_ x: R) -> R {
    R.atan(x)
  }
}
