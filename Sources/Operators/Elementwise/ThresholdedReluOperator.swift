import Tensors

/// ONNX `ThresholdedRelu`: *x* where it is above `alpha`, otherwise 0.
struct ThresholdedReluOperator: RealUnaryOperator {
  let name = "ThresholdedRelu"
  private(set) var alpha: Float = 1

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.alpha = call.float("alpha", default: alpha)
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    x > R(alpha) ? x : 0
  }
}
