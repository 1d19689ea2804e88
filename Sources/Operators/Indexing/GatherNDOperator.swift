import Tensors

/// ONNX `GatherND`: slices chosen by index tuples along the last axis of the indices, after
/// `batch_dims` axes that both inputs share (since opset 12).
struct GatherNDOperator: Operator {
  let name = "GatherND"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    guard let shape = input.shape, let chosen = indices.shape else {
      return [TensorFact(input.type, nil)]
    }
    let batchAxes = call.int("batch_dims", default: 0)
    guard let width = chosen.last, batchAxes >= 0, batchAxes < chosen.count,
      width <= shape.count - batchAxes, chosen.prefix(batchAxes) == shape.prefix(batchAxes)
    else {
      throw Shapes.mismatch(
        "indices of shape \(chosen) do not fit data of shape \(shape) after \(batchAxes) batch axes"
      )
    }
    let result = Array(chosen.dropLast()) + Array(shape[(batchAxes + width)...])
    try Shapes.count(result)
    return [TensorFact(input.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    let shape = try outputShapes(call, inputs)[0]
    let batchAxes = call.int("batch_dims", default: 0)
    let width = indices.shape[indices.rank - 1]
    let offsets = try IndexList.tupleOffsets(
      indices, shape: Array(input.shape[batchAxes...]),
      batches: Shapes.product(input.shape[..<batchAxes]))
    let length = Shapes.product(input.shape[(batchAxes + width)...])
    return [BlockGather.copy(input, shape: shape, offsets: offsets, length: length)]
  }
}
