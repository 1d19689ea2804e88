import Tensors

/// ONNX `LeakyRelu`: *x* where it is not negative, otherwise `alpha * x`.
struct LeakyReluOperator: RealUnaryOperator {
  let name = "LeakyRelu"
  private(set) var alpha: Float = 0.01

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.alpha = call.float("alpha", default: alpha)
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    x < 0 ? R(alpha) * x : x
  }
}
