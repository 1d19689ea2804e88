/// ONNX `Sqrt`: the square root.
struct SqrtOperator: RealUnaryOperator {
  let name = "Sqrt"

  func apply<R: RealWork>(_ x: R) -> R {
    x.squareRoot()
  }
}
