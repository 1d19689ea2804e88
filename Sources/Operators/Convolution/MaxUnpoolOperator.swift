import NetworkGraph
import Tensors

/// ONNX `MaxUnpool`: puts each element where `MaxPool` found it, zeros elsewhere.
struct MaxUnpoolOperator: Operator {
  let name = "MaxUnpool"

  /// The shape that the window attributes lead back to, which the indices refer to.
  private func indexedShape(_ call: OperatorCall, _ shape: [Int]) throws(EngineError) -> [Int] {
    guard shape.count >= 3 else {
      throw Shapes.mismatch("the input of shape \(shape) has no spatial axes")
    }
    let rank = shape.count - 2
    let attributes = try WindowAttributes(call, rank: rank, kernel: nil)
    var result = Array(shape.prefix(2))
    for axis in 0..<rank {
      let full = try Shapes.product(shape[axis + 2] - 1, attributes.strides[axis])
      let length =
        try Shapes.sum(full, attributes.kernel[axis]) - attributes.pads[axis]
        - attributes.pads[axis + rank]
      guard length >= 1 else {
        throw Shapes.mismatch("the padding leaves nothing of axis \(axis + 2)")
      }
      result.append(length)
    }
    try Shapes.count(result)
    return result
  }

  private func outputShape(
    _ wanted: [Int]?, indexed: [Int]
  ) throws(EngineError) -> [Int] {
    guard let wanted else { return indexed }
    guard wanted.count == indexed.count, zip(wanted, indexed).allSatisfy({ $0 >= $1 }) else {
      throw Shapes.mismatch("output_shape \(wanted) does not hold a result of shape \(indexed)")
    }
    try Shapes.count(wanted)
    return wanted
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    let wanted = inputs.optional(2)
    guard let shape = input.shape, wanted == nil || wanted?.constant != nil else {
      return [TensorFact(input.type, nil)]
    }
    let indexed = try indexedShape(call, shape)
    return [TensorFact(input.type, try outputShape(wanted?.integers, indexed: indexed))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let indices: Tensor = try inputs.required(1, "I")
    guard indices.shape == input.shape else {
      throw Shapes.mismatch("I has shape \(indices.shape), X has \(input.shape)")
    }
    let indexed = try indexedShape(call, input.shape)
    let wanted = try inputs.optional(2).map { tensor throws(EngineError) in
      try tensor.integerList("output_shape")
    }
    let output = try outputShape(wanted, indexed: indexed)
    let strides = Shapes.strides(output)
    let size = Shapes.product(indexed)
    var result = [Double](repeating: 0, count: Shapes.product(output))
    for (index, value) in zip(try indices.integerList("I"), input.doubles) {
      guard index >= 0, index < size else {
        throw Shapes.mismatch("index \(index) is outside of shape \(indexed)")
      }
      let coordinates = ConvolutionKernel<Float>.coordinates(index, in: indexed)
      result[zip(coordinates, strides).reduce(0) { $0 + $1.0 * $1.1 }] = value
    }
    return [try Tensor.fromRows(result, shape: output, type: input.type)]
  }
}
