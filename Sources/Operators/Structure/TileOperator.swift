import Tensors

/// ONNX `Tile`: the input repeated along each axis.
struct TileOperator: Operator {
  let name = "Tile"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    let given = try inputs.required(1, "repeats")
    guard let shape = input.shape, let repeats = given.integers else {
      return [TensorFact(input.type, nil)]
    }
    guard repeats.count == shape.count, repeats.allSatisfy({ $0 >= 0 }) else {
      throw Shapes.mismatch("Tile repeats \(repeats) do not fit shape \(shape)")
    }
    var result = shape
    for axis in shape.indices { result[axis] = try Shapes.product(shape[axis], repeats[axis]) }
    try Shapes.count(result)
    return [TensorFact(input.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let shape = try outputShapes(call, inputs)[0]
    let repeats = try inputs.required(1, "repeats").integerList("repeats")
    if shape.contains(0) {
      return [StridedCopy.copy(input, shape: shape, strides: shape.map { _ in 0 })]
    }
    // Each axis becomes a pair: the repetition, which does not move in the source, and the axis.
    let strides = Shapes.strides(input.shape)
    let axes = input.shape.indices
    let result = StridedCopy.copy(
      input, shape: axes.flatMap { [repeats[$0], input.shape[$0]] },
      strides: axes.flatMap { [0, strides[$0]] })
    return [result.reshaped(shape)]
  }
}
