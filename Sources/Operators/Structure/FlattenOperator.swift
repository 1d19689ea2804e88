import Tensors

/// ONNX `Flatten`: a matrix whose rows are the axes before `axis` and whose columns are the rest.
struct FlattenOperator: Operator {
  let name = "Flatten"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    guard let shape = input.shape else { return [TensorFact(input.type, nil)] }
    let given = call.int("axis", default: 1)
    // The axis may equal the rank.
    let axis = given == shape.count ? given : try Shapes.axis(given, rank: shape.count)
    try Shapes.count(shape)
    return [
      TensorFact(input.type, [Shapes.product(shape[..<axis]), Shapes.product(shape[axis...])])
    ]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    [try inputs.required(0, "input").reshaped(try outputShapes(call, inputs)[0])]
  }
}
