import Tensors

/// ONNX `OneHot`: a new axis of length `depth` that holds the on-value at each index and the
/// off-value elsewhere; indices outside of `-depth ..< depth` give off-values only.
struct OneHotOperator: Operator {
  let name = "OneHot"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (indices, depth) = (try inputs.required(0, "indices"), try inputs.required(1, "depth"))
    let values = try inputs.required(2, "values")
    guard let shape = indices.shape, let length = depth.constant?.doubles.first else {
      return [TensorFact(values.type, nil)]
    }
    guard length >= 1, length <= Double(Shapes.elementLimit) else {
      throw Shapes.mismatch("OneHot with the depth \(length)")
    }
    let axis = try Shapes.axis(call.int("axis", default: -1), rank: shape.count + 1)
    var result = shape
    result.insert(Int(length), at: axis)
    try Shapes.count(result)
    return [TensorFact(values.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (indices, values) = (try inputs.required(0, "indices"), try inputs.required(2, "values"))
    let shapes = try outputShapes(call, inputs)
    let shape = shapes[0]
    guard values.count == 2, indices.type.isNumber else {
      throw Shapes.mismatch(
        "OneHot with indices of type \(indices.type) and values of shape \(values.shape)")
    }
    let axis = try Shapes.axis(call.int("axis", default: -1), rank: shape.count)
    let rows = AxisRows(shape: shape, axis: axis)
    // The result picks between the two values.
    var choices = [Int](repeating: 0, count: Shapes.product(shape))
    for (number, index) in indices.integers.enumerated() {
      guard index >= -rows.length, index < rows.length else { continue }
      let position = index < 0 ? index + rows.length : index
      let (block, inner) = number.quotientAndRemainder(dividingBy: rows.inner)
      choices[(block * rows.length + position) * rows.inner + inner] = 1
    }
    return [BlockGather.copy(values, shape: shape, offsets: choices, length: 1)]
  }
}
