/// ONNX `Softplus`: `log(1 + exp(x))`.
struct SoftplusOperator: RealUnaryOperator {
  let name = "Softplus"

  func apply<R: RealWork>(_ x: R) -> R { Self.softplus(x) }

  /// Written so that the exponential can't overflow.
  static func softplus<R: RealWork>(_ x: R) -> R {
    R.log1p(R.exp(-x.magnitude)) + R.maximum(x, 0)
  }
}
