import Tensors

/// An operator on pairs of bools, broadcast.
protocol BoolBinaryOperator: Operator {
  /// The function.
  func apply(_ left: Bool, _ right: Bool) -> Bool
}

extension BoolBinaryOperator {
  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (left, right) = (try inputs.required(0, "A"), try inputs.required(1, "B"))
    try checkTypes(left.type, right.type)
    return [TensorFact(.bool, try Shapes.broadcast(left, right))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (left, right) = (try inputs.required(0, "A"), try inputs.required(1, "B"))
    try checkTypes(left.type, right.type)
    let shape = try Shapes.broadcast([left.shape, right.shape])
    return [BinaryMap.map(left, right, shape: shape, BoolFunction(function: self))]
  }

  private func checkTypes(_ left: ElementType, _ right: ElementType) throws(EngineError) {
    guard left == .bool, right == .bool else {
      throw Shapes.mismatch("\(name) needs bools, but its inputs have types \(left) and \(right)")
    }
  }
}

private struct BoolFunction<Function: BoolBinaryOperator>: BinaryFunction {
  let function: Function

  func apply(_ left: Bool, _ right: Bool) -> Bool { function.apply(left, right) }
}
