import Tensors

/// ONNX `Transpose`: the axes in the order of `perm`, reversed unless given.
struct TransposeOperator: Operator {
  let name = "Transpose"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    guard let shape = input.shape else { return [TensorFact(input.type, nil)] }
    return [TensorFact(input.type, try order(call, rank: shape.count).map { shape[$0] })]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "data")
    let order = try order(call, rank: input.rank)
    let strides = Shapes.strides(input.shape)
    return [
      StridedCopy.copy(
        input, shape: order.map { input.shape[$0] }, strides: order.map { strides[$0] })
    ]
  }

  private func order(_ call: OperatorCall, rank: Int) throws(EngineError) -> [Int] {
    guard let given = call.node.ints("perm") else { return Array((0..<rank).reversed()) }
    guard given.sorted() == Array(0..<rank) else {
      throw Shapes.mismatch("attribute 'perm' \(given) is no order of \(rank) axes")
    }
    return given
  }
}
