import Tensors

/// ONNX `ConstantOfShape`: a tensor of the given shape filled with one value, 0 unless given.
struct ConstantOfShapeOperator: Operator {
  let name = "ConstantOfShape"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let type = call.node.tensor("value")?.type ?? .float32
    guard let shape = try inputs.required(0, "input").integers else {
      return [TensorFact(type, nil)]
    }
    try Shapes.count(shape)
    return [TensorFact(type, shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let shape = try inputs.required(0, "input").integerList("input")
    try Shapes.count(shape)
    let value = call.node.tensor("value") ?? Tensor([1], [0 as Float])
    guard value.count == 1 else {
      throw Shapes.mismatch("attribute 'value' has \(value.count) elements instead of 1")
    }
    return [StridedCopy.copy(value, shape: shape, strides: shape.map { _ in 0 })]
  }
}
