import Tensors

/// ONNX `Swish`: `x * sigmoid(alpha * x)`.
struct SwishOperator: RealUnaryOperator {
  let name = "Swish"
  private(set) var alpha: Float = 1

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.alpha = call.float("alpha", default: alpha)
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    x * SigmoidOperator().apply(R(alpha) * x)
  }
}
