import Tensors

/// ONNX `Compress`: the slices along an axis (or the elements of the flattened input) for which the
/// condition is true.
struct CompressOperator: Operator {
  let name = "Compress"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    let condition = try inputs.required(1, "condition")
    guard let shape = input.shape, let known = condition.constant else {
      return [TensorFact(input.type, nil)]
    }
    let (flat, axis) = try target(call, shape)
    var result = flat
    result[axis] = try positions(known, length: flat[axis]).count
    return [TensorFact(input.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let (shape, axis) = try target(call, input.shape)
    var tables = shape.map { Array(0..<$0) }
    tables[axis] = try positions(try inputs.required(1, "condition"), length: shape[axis])
    return [TableCopy.copy(input.reshaped(shape), tables: tables)]
  }

  private func target(
    _ call: OperatorCall, _ shape: [Int]
  ) throws(EngineError) -> (shape: [Int], axis: Int) {
    guard let axis = call.node.int("axis") else { return ([try Shapes.count(shape)], 0) }
    return (shape, try Shapes.axis(axis, rank: shape.count))
  }

  private func positions(_ condition: Tensor, length: Int) throws(EngineError) -> [Int] {
    guard condition.type == .bool, condition.rank == 1 else {
      throw Shapes.mismatch("the condition has type \(condition.type), shape \(condition.shape)")
    }
    let chosen = condition.array(of: Bool.self).enumerated().filter(\.element).map(\.offset)
    guard chosen.allSatisfy({ $0 < length }) else {
      throw Shapes.mismatch("the condition chooses beyond the axis length \(length)")
    }
    return chosen
  }
}
