import Tensors

/// ONNX `Split`: parts along an axis, of given lengths or as equal as possible.
///
/// The lengths are an attribute before opset 13 and an optional input since; from opset 18 on
/// `num_outputs` allows a shorter last part.
struct SplitOperator: Operator {
  let name = "Split"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    let unknown = call.node.outputs.map { _ in TensorFact(input.type, nil) }
    var given = call.opset < 13 ? call.node.ints("split") : nil
    if call.opset >= 13, let lengths: TensorFact = inputs.optional(1) {
      guard let known = lengths.integers else { return unknown }
      given = known
    }
    guard let shape = input.shape else { return unknown }
    let axis = try Shapes.axis(call.int("axis", default: 0), rank: shape.count)
    let lengths = try partLengths(call, given: given, total: shape[axis])
    return lengths.map { length in
      var part = shape
      part[axis] = length
      return TensorFact(input.type, part)
    }
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let axis = try Shapes.axis(call.int("axis", default: 0), rank: input.rank)
    let strides = Shapes.strides(input.shape)
    var start = 0
    return try outputShapes(call, inputs).map { shape in
      defer { start += shape[axis] }
      return StridedCopy.copy(input, shape: shape, strides: strides, offset: start * strides[axis])
    }
  }

  private func partLengths(
    _ call: OperatorCall, given: [Int]?, total: Int
  ) throws(EngineError) -> [Int] {
    if let given {
      var sum = 0
      for length in given {
        guard length >= 0 else { throw Shapes.mismatch("a part has the length \(length)") }
        sum = try Shapes.sum(sum, length)
      }
      guard sum == total else {
        throw Shapes.mismatch("the parts \(given) do not add up to the axis length \(total)")
      }
      return given
    }
    var count = call.node.outputs.count
    if call.opset >= 18 { count = call.int("num_outputs", default: count) }
    guard count > 0, count <= max(total, call.node.outputs.count, 1) else {
      throw Shapes.mismatch("an axis of length \(total) can't be split into \(count) parts")
    }
    if call.opset < 18 {
      guard total % count == 0 else {
        throw Shapes.mismatch("an axis of length \(total) can't be split into \(count) equal parts")
      }
      return [Int](repeating: total / count, count: count)
    }
    let length = (total + count - 1) / count
    return (0..<count).map { max(0, min(length, total - $0 * length)) }
  }
}
