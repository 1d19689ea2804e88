import Tensors

/// ONNX `Squeeze`: removes the given axes of length 1, or all of them.
///
/// The axes are an attribute before opset 13 and an input since.
struct SqueezeOperator: Operator {
  let name = "Squeeze"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    var axes = call.opset < 13 ? call.node.ints("axes") : nil
    if call.opset >= 13, let given: TensorFact = inputs.optional(1) {
      guard let known = given.integers else { return [TensorFact(input.type, nil)] }
      axes = known
    }
    guard let shape = input.shape else { return [TensorFact(input.type, nil)] }
    guard let axes else { return [TensorFact(input.type, shape.filter { $0 != 1 })] }
    let removed = try Shapes.axes(axes, rank: shape.count)
    for axis in removed where shape[axis] != 1 {
      throw Shapes.mismatch("Squeeze removes axis \(axis) of shape \(shape), which is not 1 long")
    }
    return [
      TensorFact(input.type, shape.indices.filter { !removed.contains($0) }.map { shape[$0] })
    ]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    [try inputs.required(0, "data").reshaped(try outputShapes(call, inputs)[0])]
  }
}
