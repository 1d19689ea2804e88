/// ONNX `Sigmoid`: `1 / (1 + exp(-x))`.
struct SigmoidOperator: RealUnaryOperator {
  let name = "Sigmoid"

  func apply<R: RealWork>(_ x: R) -> R {
    // Written so that the exponential can't overflow.
    let power = R.exp(-x.magnitude)
    return x < 0 ? power / (1 + power) : 1 / (1 + power)
  }
}
