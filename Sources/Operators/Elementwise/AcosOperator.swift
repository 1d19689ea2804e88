/// ONNX `Acos`: the inverse cosine.
struct AcosOperator: RealUnaryOperator {
  let name = "Acos"

  func apply<R: RealWork>(_ x: R) -> R {
    R.acos(x)
  }
}
