import Tensors

/// An operator on the bits of pairs of integers, broadcast.
protocol BitwiseBinaryOperator: Operator {
  /// The function.
  func apply<I: FixedWidthInteger>(_ left: I, _ right: I) -> I
}

extension BitwiseBinaryOperator {
  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (left, right) = (try inputs.required(0, "A"), try inputs.required(1, "B"))
    return [TensorFact(left.type, try Shapes.broadcast(left, right))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (left, right) = (try inputs.required(0, "A"), try inputs.required(1, "B"))
    guard left.type == right.type else {
      throw Shapes.mismatch("\(name) can't combine types \(left.type) and \(right.type)")
    }
    let shape = try Shapes.broadcast([left.shape, right.shape])
    return [
      try left.type.accept(BitwiseKernel(function: self, left: left, right: right, shape: shape))
    ]
  }
}

private struct BitwiseKernel<Function: BitwiseBinaryOperator>: IntegerVisitor {
  let function: Function
  let left: Tensor
  let right: Tensor
  let shape: [Int]

  func visit<I: TensorInteger & NumberScalar>(_ type: I.Type) -> Tensor {
    BinaryMap.map(left, right, shape: shape, BitFunction<Function, I>(function: function))
  }
}

private struct BitFunction<Function: BitwiseBinaryOperator, I: TensorInteger>: BinaryFunction {
  let function: Function

  func apply(_ left: I, _ right: I) -> I { function.apply(left, right) }
}
