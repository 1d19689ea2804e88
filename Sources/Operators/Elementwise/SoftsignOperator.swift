/// ONNX `Softsign`: `x / (1 + |x|)`.
struct SoftsignOperator: RealUnaryOperator {
  let name = "Softsign"

  func apply<R: RealWork>(_ x: R) -> R {
    x / (1 + x.magnitude)
  }
}
