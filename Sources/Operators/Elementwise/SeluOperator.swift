import Tensors

/// ONNX `Selu`: `gamma * x` where positive, otherwise `gamma * alpha * (exp(x) - 1)`.
struct SeluOperator: RealUnaryOperator {
  let name = "Selu"
  private(set) var alpha: Float = 1.673_263_192_176_818_8
  private(set) var gamma: Float = 1.050_701_022_148_132_3

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    copy.alpha = call.float("alpha", default: alpha)
    copy.gamma = call.float("gamma", default: gamma)
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    x > 0 ? R(gamma) * x : R(gamma) * (R(alpha) * R.exp(x) - R(alpha))
  }
}
