/// ONNX `Reciprocal`: `1 / x`.
struct ReciprocalOperator: RealUnaryOperator {
  let name = "Reciprocal"

  func apply<R: RealWork>(_ x: R) -> R {
    1 / x
  }
}
