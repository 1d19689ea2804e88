import Tensors

/// ONNX `DepthToSpace`: blocks of channels become blocks of pixels.
///
/// The input is `NCHW`; the mode `DCR` takes the block from the outer part of the channels, `CRD`
/// (since opset 11) from the inner.
struct DepthToSpaceOperator: Operator {
  let name = "DepthToSpace"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "input")
    guard let shape = input.shape else { return [TensorFact(input.type, nil)] }
    let block = try blockSize(call)
    let square = try Shapes.product(block, block)
    guard shape.count == 4, shape[1] % square == 0 else {
      throw Shapes.mismatch("DepthToSpace with blocks of \(block) does not fit shape \(shape)")
    }
    let result = [
      shape[0], shape[1] / square, try Shapes.product(shape[2], block),
      try Shapes.product(shape[3], block),
    ]
    try Shapes.count(result)
    return [TensorFact(input.type, result)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "input")
    let shape = try outputShapes(call, inputs)[0]
    let block = try blockSize(call)
    let mode = call.string("mode", default: "DCR")
    guard mode == "DCR" || mode == "CRD" else {
      throw Shapes.unsupported("attribute 'mode' is '\(mode)'")
    }
    let (height, width, depth) = (input.shape[2], input.shape[3], shape[1])
    let split =
      mode == "DCR"
      ? [shape[0], block, block, depth, height, width]
      : [shape[0], depth, block, block, height, width]
    let order = mode == "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
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
