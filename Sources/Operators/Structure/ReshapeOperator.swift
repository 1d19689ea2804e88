import Tensors

/// ONNX `Reshape`: the same elements under another shape.
///
/// In the given shape 0 keeps the input's length (unless `allowzero`) and -1 is computed.
struct ReshapeOperator: Operator {
  let name = "Reshape"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    let given = try inputs.required(1, "shape")
    guard let shape = input.shape, let wanted = given.integers else {
      return [TensorFact(input.type, nil)]
    }
    let keepsZero = call.opset >= 14 && call.int("allowzero", default: 0) != 0
    return [TensorFact(input.type, try resolve(wanted, shape, keepsZero: keepsZero))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "data")
    _ = try inputs.required(1, "shape").integerList("shape")
    return [input.reshaped(try outputShapes(call, inputs)[0])]
  }

  private func resolve(
    _ wanted: [Int], _ shape: [Int], keepsZero: Bool
  ) throws(EngineError) -> [Int] {
    var result = wanted
    for (axis, length) in wanted.enumerated() where length == 0 && !keepsZero {
      guard axis < shape.count else {
        throw Shapes.mismatch("Reshape to \(wanted) copies axis \(axis) of shape \(shape)")
      }
      result[axis] = shape[axis]
    }
    let total = try Shapes.count(shape)
    let open = result.indices.filter { result[$0] == -1 }
    guard open.count <= 1 else {
      throw Shapes.mismatch("Reshape to \(wanted) leaves more than one length open")
    }
    if let axis = open.first {
      result[axis] = 1
      let rest = try Shapes.count(result)
      guard rest > 0, total % rest == 0 else {
        throw Shapes.mismatch("shape \(shape) can't be reshaped to \(wanted)")
      }
      result[axis] = total / rest
    }
    guard try Shapes.count(result) == total else {
      throw Shapes.mismatch("shape \(shape) can't be reshaped to \(wanted)")
    }
    return result
  }
}
