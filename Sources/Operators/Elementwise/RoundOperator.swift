/// ONNX `Round`: the nearest integer, halves to even.
struct RoundOperator: RealUnaryOperator {
  let name = "Round"

  func apply<R: RealWork>(_ x: R) -> R {
    x.rounded(.toNearestOrEven)
  }
}
