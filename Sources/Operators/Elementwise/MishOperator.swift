/// ONNX `Mish`: `x * tanh(softplus(x))`.
struct MishOperator: RealUnaryOperator {
  let name = "Mish"

  func apply<R: RealWork>(_ x: R) -> R {
    x * R.tanh(SoftplusOperator.softplus(x))
  }
}
