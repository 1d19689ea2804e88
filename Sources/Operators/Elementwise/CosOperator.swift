/// ONNX `Cos`: the cosine.
struct CosOperator: RealUnaryOperator {
  let name = "Cos"

  func apply<R: RealWork>(_ x: R) -> R {
    R.cos(x)
  }
}
