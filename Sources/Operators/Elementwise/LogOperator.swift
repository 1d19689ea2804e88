/// ONNX `Log`: the natural logarithm.
struct LogOperator: RealUnaryOperator {
  let name = "Log"

  func apply<R: RealWork>(_ x: R) -> R {
    R.log(x)
  }
}
