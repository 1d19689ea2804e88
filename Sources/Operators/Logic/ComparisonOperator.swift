import Tensors

/// An operator that compares pairs of elements, broadcast, and gives bools.
protocol ComparisonOperator: Operator {
  /// The comparison.
  func apply<W: Comparable>(_ left: W, _ right: W) -> Bool
  /// Whether bools and strings can be compared too.
  var takesAnyType: Bool { get }
}

extension ComparisonOperator {
  var takesAnyType: Bool { false }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (left, right) = (try inputs.required(0, "A"), try inputs.required(1, "B"))
    try checkTypes(left.type, right.type)
    return [TensorFact(.bool, try Shapes.broadcast(left, right))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (left, right) = (try inputs.required(0, "A"), try inputs.required(1, "B"))
    try checkTypes(left.type, right.type)
    let shape = try Shapes.broadcast([left.shape, right.shape])
    if left.type == .string { return [compareStrings(left, right, shape: shape)] }
    let memory: ElementType = left.type == .bool ? .uint8 : left.type
    return [
      try memory.accept(
        ComparisonKernel(
          function: self, left: left.reinterpreted(as: memory),
          right: right.reinterpreted(as: memory), shape: shape))
    ]
  }

  private func checkTypes(_ left: ElementType, _ right: ElementType) throws(EngineError) {
    guard left == right,
      left.isNumber || (takesAnyType && (left == .bool || left == .string))
    else { throw Shapes.mismatch("\(name) can't compare types \(left) and \(right)") }
  }

  private func compareStrings(_ left: Tensor, _ right: Tensor, shape: [Int]) -> Tensor {
    let x = StridedCopy.copy(
      left, shape: shape, strides: Shapes.broadcastStrides(left.shape, to: shape))
    let y = StridedCopy.copy(
      right, shape: shape, strides: Shapes.broadcastStrides(right.shape, to: shape))
    return Tensor(shape, zip(x.strings, y.strings).map { apply($0, $1) })
  }
}

private struct ComparisonKernel<Function: ComparisonOperator>: NumberVisitor {
  let function: Function
  let left: Tensor
  let right: Tensor
  let shape: [Int]

  func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
    BinaryMap.map(left, right, shape: shape, Comparison<Function, N>(function: function))
  }
}

private struct Comparison<Function: ComparisonOperator, N: NumberScalar>: BinaryFunction {
  let function: Function

  func apply(_ left: N, _ right: N) -> Bool { function.apply(left.work, right.work) }
}
