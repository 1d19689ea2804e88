import Tensors

/// ONNX `Not`: true for false and false for true.
struct NotOperator: Operator {
  let name = "Not"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "X")
    guard input.type == .bool else {
      throw Shapes.mismatch("Not needs bools, but its input has type \(input.type)")
    }
    return [TensorFact(.bool, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "X")
    _ = try infer(call, [input.fact])
    return [UnaryMap.map(input) { (x: Bool) in !x }]
  }
}
