import Tensors

/// ONNX `Celu`: `max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`.
struct CeluOperator: RealUnaryOperator {
  let name = "Celu"
  private(set) var alpha: Float = 1

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.alpha = call.float("alpha", default: alpha)
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    R.maximum(0, x) + R.minimum(0, R(alpha) * (R.exp(x / R(alpha)) - 1))
  }
}
