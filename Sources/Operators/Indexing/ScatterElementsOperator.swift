import Tensors

/// ONNX `ScatterElements`: the data with elements replaced (or combined) along an axis, at an index
/// for each element of the updates.
struct ScatterElementsOperator: Operator {
  /// `ScatterElements`, or `Scatter` as it was called before opset 11.
  let name: String

  init(name: String = "ScatterElements") { self.name = name }

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
    if let shape = input.shape, let chosen = indices.shape {
      _ = try ElementOffsets.checkedAxis(call, shape: shape, indices: chosen)
      if let given = updates.shape, given != chosen {
        throw Shapes.mismatch("updates of shape \(given) do not fit indices of shape \(chosen)")
      }
    }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (input, indices) = (try inputs.required(0, "data"), try inputs.required(1, "indices"))
    let updates = try inputs.required(2, "updates")
    _ = try infer(call, [input.fact, indices.fact, updates.fact])
    let axis = try ElementOffsets.checkedAxis(call, shape: input.shape, indices: indices.shape)
    let offsets = try ElementOffsets.offsets(indices, shape: input.shape, axis: axis)
    let reduction = try ScatterReduction(call)
    return [try reduction.scatter(updates, into: input, offsets: offsets, length: 1)]
  }
}
