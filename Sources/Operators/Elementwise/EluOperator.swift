import Tensors

/// ONNX `Elu`: *x* where it is positive, otherwise `alpha * (exp(x) - 1)`.
struct EluOperator: RealUnaryOperator {
  let name = "Elu"
  private(set) var alpha: Float = 1

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.alpha = call.float("alpha", default: alpha)
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    x < 0 ? R(alpha) * (R.exp(x) - 1) : x
  }
}
