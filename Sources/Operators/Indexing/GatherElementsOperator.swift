import Tensors

/// ONNX `GatherElements`: elements chosen along an axis by an index for each element of the result.
struct GatherElementsOperator: Operator {
  let name = "GatherElements"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    if let shape = input.shape, let chosen = indices.shape {
      _ = try ElementOffsets.checkedAxis(call, shape: shape, indices: chosen)
    }
    return [TensorFact(input.type, indices.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    let axis = try ElementOffsets.checkedAxis(call, shape: input.shape, indices: indices.shape)
    let offsets = try ElementOffsets.offsets(indices, shape: input.shape, axis: axis)
    return [BlockGather.copy(input, shape: indices.shape, offsets: offsets, length: 1)]
  }
}
