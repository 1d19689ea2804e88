import Tensors

/// ONNX `SpaceToDepth`: blocks of pixels become blocks of channels; the input is `NCHW`.
struct SpaceToDepthOperator: Operator {
  let name = "SpaceToDepth"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    guard let shape = input.shape else { return [TensorFact(input.type, nil)] }
    let block = try blockSize(call)
    guard shape.count == 4, shape[2] % block == 0, shape[3] % block == 0 else {
      throw Shapes.mismatch("SpaceToDepth with blocks of \(block) does not fit shape \(shape)")
    }
    let depth = try Shapes.product(shape[1], try Shapes.product(block, block))
    let result = [shape[0], depth, shape[2] / block, shape[3] / block]
    try Shapes.count(result)
    return [TensorFact(input.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let shape = try outputShapes(call, inputs)[0]
    let block = try blockSize(call)
    let split = [shape[0], input.shape[1], shape[2], block, shape[3], block]
    let order = [0, 3, 5, 1, 2, 4]
    let strides = Shapes.strides(split)
    let moved = StridedCopy.copy(
      input, shape: order.map { split[$0] }, strides: order.map { strides[$0] })
    return [moved.reshaped(shape)]
  }

  private func blockSize(_ call: OperatorCall) throws(EngineError) -> Int {
    guard let block = call.node.int("blocksize"), block > 0 else {
      throw Shapes.mismatch("attribute 'blocksize' is missing or not positive")
    }
    return block
  }
}
