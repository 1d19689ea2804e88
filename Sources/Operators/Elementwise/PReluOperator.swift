import Tensors

/// ONNX `PRelu`: `X` where it is not negative, otherwise `slope * X`; the slope is broadcast to `X`.
struct PReluOperator: NumberBinaryOperator {
  let name = "PRelu"

  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W {
    left < W.nought ? W.product(right, left) : left
  }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (input, slope) = (try inputs.required(0, "X"), try inputs.required(1, "slope"))
    if let shape = input.shape, let slopes = slope.shape,
      Self.isPerChannel(call, shape: shape, slope: slopes)
    {
      return [TensorFact(input.type, shape)]
    }
    return [TensorFact(input.type, try Shapes.broadcast(input, slope))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (input, slope) = (try inputs.required(0, "X"), try inputs.required(1, "slope"))
    guard Self.isPerChannel(call, shape: input.shape, slope: slope.shape) else {
      return [try combine(input, slope)]
    }
    let ones = [Int](repeating: 1, count: input.rank - 2)
    return [try combine(input, slope.reshaped(slope.shape + ones))]
  }

  /// Before opset 7 a list of slopes went along the channels (axis 1) instead of being broadcast.
  private static func isPerChannel(_ call: OperatorCall, shape: [Int], slope: [Int]) -> Bool {
    call.opset < 7 && slope.count == 1 && shape.count > 1 && slope[0] == shape[1]
  }
}
