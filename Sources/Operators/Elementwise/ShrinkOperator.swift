import Tensors

/// ONNX `Shrink`: 0 within `-lambd ... lambd`, otherwise *x* moved toward 0 by `bias`.
struct ShrinkOperator: RealUnaryOperator {
  let name = "Shrink"
  private(set) var threshold: Float = 0.5
  private(set) var bias: Float = 0

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.threshold = call.float("lambd", default: threshold)
    copy.bias = call.float("bias", default: bias)
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    x < -R(threshold) ? x + R(bias) : (x > R(threshold) ? x - R(bias) : 0)
  }
}
