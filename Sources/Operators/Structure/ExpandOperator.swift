import Tensors

/// ONNX `Expand`: the input broadcast against a shape.
struct ExpandOperator: Operator {
  let name = "Expand"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    let given = try inputs.required(1, "shape")
    guard let shape = input.shape, let wanted = given.integers else {
      return [TensorFact(input.type, nil)]
    }
    try Shapes.count(wanted)
    return [TensorFact(input.type, try Shapes.broadcast([shape, wanted]))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let shape = try outputShapes(call, inputs)[0]
    return [
      StridedCopy.copy(
        input, shape: shape, strides: Shapes.broadcastStrides(input.shape, to: shape))
    ]
  }
}
