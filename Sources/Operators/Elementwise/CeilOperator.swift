/// ONNX `Ceil`: the least integer not below *x*.
struct CeilOperator: RealUnaryOperator {
  let name = "Ceil"

  func apply<R: RealWork>(_ x: R) -> R {
    x.rounded(.up)
  }
}
