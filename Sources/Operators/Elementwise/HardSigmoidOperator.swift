import Tensors

/// ONNX `HardSigmoid`: `alpha * x + beta`, limited to 0...1.
struct HardSigmoidOperator: RealUnaryOperator {
  let name = "HardSigmoid"
  private(set) var alpha: Float = 0.2
  private(set) var beta: Float = 0.5

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.alpha = call.float("alpha", default: alpha)
    copy.beta = call.float("beta", default: beta)
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    R.maximum(0, R.minimum(1, R(alpha) * x + R(beta)))
  }
}
