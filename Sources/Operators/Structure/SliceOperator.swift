import Tensors

/// ONNX `Slice`: a range with a step along some axes, as in numpy.
///
/// Starts, ends and axes are attributes before opset 10 and inputs since, which adds steps.
struct SliceOperator: Operator {
  let name = "Slice"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    guard let shape = input.shape, let ranges = try ranges(call, inputs) else {
      return [TensorFact(input.type, nil)]
    }
    return [TensorFact(input.type, try selection(ranges, shape).shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "data")
    let facts = inputs.map { $0.map { TensorFact(constant: $0) } }
    guard let ranges = try ranges(call, facts) else { return [] }
    let selection = try selection(ranges, input.shape)
    return [
      StridedCopy.copy(
        input, shape: selection.shape, strides: selection.strides, offset: selection.offset)
    ]
  }

  private struct Ranges {
    var starts: [Int]
    var ends: [Int]
    var axes: [Int]?
    var steps: [Int]?
  }

  private func ranges(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> Ranges? {
    if call.opset < 10 {
      guard let starts = call.node.ints("starts"), let ends = call.node.ints("ends") else {
        throw Shapes.mismatch("attribute 'starts' or 'ends' is missing")
      }
      return Ranges(starts: starts, ends: ends, axes: call.node.ints("axes"))
    }
    guard let starts = try inputs.required(1, "starts").integers,
      let ends = try inputs.required(2, "ends").integers
    else { return nil }
    var ranges = Ranges(starts: starts, ends: ends)
    if let axes: TensorFact = inputs.optional(3) {
      guard let known = axes.integers else { return nil }
      ranges.axes = known
    }
    if let steps: TensorFact = inputs.optional(4) {
      guard let known = steps.integers else { return nil }
      ranges.steps = known
    }
    return ranges
  }

  private func selection(
    _ ranges: Ranges, _ shape: [Int]
  ) throws(EngineError) -> (shape: [Int], strides: [Int], offset: Int) {
    let count = ranges.starts.count
    let steps = ranges.steps ?? [Int](repeating: 1, count: count)
    guard ranges.ends.count == count, steps.count == count,
      ranges.axes?.count ?? count == count, ranges.axes != nil || count <= shape.count
    else { throw Shapes.mismatch("the numbers of starts, ends, axes and steps differ") }
    let axes = try Shapes.axes(ranges.axes ?? Array(0..<count), rank: shape.count)
    var (result, strides, offset) = (shape, Shapes.strides(shape), 0)
    for (index, axis) in axes.enumerated() {
      let step = steps[index]
      guard step != 0 else { throw Shapes.mismatch("a step of Slice is 0") }
      let length = shape[axis]
      let limits = step > 0 ? 0...length : -1...(length - 1)
      let start = clamp(
        ranges.starts[index], length, step > 0 ? limits : min(0, length - 1)...(length - 1))
      let end = clamp(ranges.ends[index], length, limits)
      let distance = step > 0 ? end - start : start - end
      let stride = Int(clamping: step.magnitude)
      result[axis] = distance > 0 ? (distance - 1) / stride + 1 : 0
      if result[axis] > 0 { offset += start * strides[axis] }
      // With one element the stride does not matter, and the product could overflow.
      strides[axis] = result[axis] > 1 ? strides[axis] * step : 0
    }
    return (result, strides, offset)
  }

  private func clamp(_ value: Int, _ length: Int, _ limits: ClosedRange<Int>) -> Int {
    let position = value < 0 ? value + length : value
    return min(max(position, limits.lowerBound), limits.upperBound)
  }
}
