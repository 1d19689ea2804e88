/// ONNX `HardSwish`: `x * max(0, min(1, x / 6 + 0.5))`.
struct HardSwishOperator: RealUnaryOperator {
  let name = "HardSwish"

  func apply<R: RealWork>(_ x: R) -> R {
    x * R.maximum(0, R.minimum(1, x / 6 + 0.5))
  }
}
