import Tensors

/// ONNX `ScatterND`: the data with slices replaced (or combined) at the places that index tuples
/// name.
struct ScatterNDOperator: Operator {
  let name = "ScatterND"

  func unsupportedReason(_ call: OperatorCall) -> String? {
    do throws(EngineError) {
      _ = try ScatterReduction(call)
      return nil
    } catch {
      return error.problem
    }
  }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    let updates = try inputs.required(2, "updates")
    if let shape = input.shape, let chosen = indices.shape, let given = updates.shape {
      guard let width = chosen.last, width <= shape.count,
        given == Array(chosen.dropLast()) + Array(shape[width...])
      else {
        throw Shapes.mismatch(
          "updates of shape \(given) and indices of shape \(chosen) do not fit data of shape "
            + "\(shape)")
      }
    }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    let updates = try inputs.required(2, "updates")
    _ = try infer(call, [input.fact, indices.fact, updates.fact])
    let offsets = try IndexList.tupleOffsets(indices, shape: input.shape, batches: 1)
    let width = indices.shape[indices.rank - 1]
    let reduction = try ScatterReduction(call)
    return [
      try reduction.scatter(
        updates, into: input, offsets: offsets, length: Shapes.product(input.shape[width...]))
    ]
  }
}
