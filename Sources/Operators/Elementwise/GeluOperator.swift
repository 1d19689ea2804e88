import Tensors

/// ONNX `Gelu`: `x` times the normal distribution's cumulative probability of *x*, by the error
/// function or, with `approximate="tanh"`, by the hyperbolic tangent.
struct GeluOperator: RealUnaryOperator {
  let name = "Gelu"
  private(set) var isApproximate = false

  func configured(_ call: OperatorCall) throws(EngineError) -> Self {
    var copy = self
    switch call.string("approximate", default: "none") {
    case "none": copy.isApproximate = false
    case "tanh": copy.isApproximate = true
    case let other: throw Shapes.unsupported("attribute 'approximate' is '\(other)'")
    }
    return copy
  }

  func apply<R: RealWork>(_ x: R) -> R {
    if isApproximate {
      // The square root of 2 / pi.
      let inner = R(0.797_884_560_802_865_4) * (x + R(0.044715) * x * x * x)
      return R(0.5) * x * (1 + R.tanh(inner))
    }
    return R(0.5) * x * (1 + R.erf(x / R(2).squareRoot()))
  }
}
