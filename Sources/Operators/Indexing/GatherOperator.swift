import Tensors

/// ONNX `Gather`: slices along an axis, chosen by an index tensor whose axes replace that axis.
struct GatherOperator: Operator {
  let name = "Gather"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    guard let shape = input.shape else { return [TensorFact(input.type, nil)] }
    let axis = try Shapes.axis(call.int("axis", default: 0), rank: shape.count)
    guard let chosen = indices.shape else { return [TensorFact(input.type, nil)] }
    let result = Array(shape[..<axis]) + chosen + Array(shape[(axis + 1)...])
    try Shapes.count(result)
    return [TensorFact(input.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    let shape = try outputShapes(call, inputs)[0]
    let axis = try Shapes.axis(call.int("axis", default: 0), rank: input.rank)
    let positions = try IndexList.positions(indices, length: input.shape[axis])
    let rows = AxisRows(shape: input.shape, axis: axis)
    let offsets = (0..<rows.outer).flatMap { block in
      positions.map { (block * rows.length + $0) * rows.inner }
    }
    return [BlockGather.copy(input, shape: shape, offsets: offsets, length: rows.inner)]
  }
}
