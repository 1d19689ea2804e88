import Tensors

/// An operator on pairs of numbers of one type, broadcast against each other as in numpy.
protocol NumberBinaryOperator: Operator {
  /// This operator with the attributes of a node.
  func configured(_ call: OperatorCall) throws(EngineError) -> Self
  /// The function.
  func apply<W: WorkNumber>(_ left: W, _ right: W) -> W
}

extension NumberBinaryOperator {
  func configured(_ call: OperatorCall) throws(EngineError) -> Self { self }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (left, right) = (try inputs.required(0, "A"), try inputs.required(1, "B"))
    try checkTypes(left.type, right.type)
    return [TensorFact(left.type, try Shapes.broadcast(left, right))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (left, right) = (try inputs.required(0, "A"), try inputs.required(1, "B"))
    return [try configured(call).combine(left, right)]
  }

  /// The result for two operands; this operator must be configured.
  func combine(_ left: Tensor, _ right: Tensor) throws(EngineError) -> Tensor {
    try checkTypes(left.type, right.type)
    let shape = try Shapes.broadcast([left.shape, right.shape])
    return try left.type.accept(
      NumberBinaryKernel(function: self, left: left, right: right, shape: shape))
  }

  private func checkTypes(_ left: ElementType, _ right: ElementType) throws(EngineError) {
    guard left == right, left.isNumber else {
      throw Shapes.mismatch("\(name) can't combine elements of types \(left) and \(right)")
    }
  }
}

private struct NumberBinaryKernel<Function: NumberBinaryOperator>: NumberVisitor {
  let function: Function
  let left: Tensor
  let right: Tensor
  let shape: [Int]

  func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
    BinaryMap.map(left, right, shape: shape, RoundedFunction<Function, N>(function: function))
  }
}

private struct RoundedFunction<Function: NumberBinaryOperator, N: NumberScalar>: BinaryFunction {
  let function: Function

  func apply(_ left: N, _ right: N) -> N { N(work: function.apply(left.work, right.work)) }
}

extension Shapes {
  /// The broadcast shape of two facts; nil when either is unknown.
  static func broadcast(_ left: TensorFact, _ right: TensorFact) throws(EngineError) -> [Int]? {
    guard let leftShape = left.shape, let rightShape = right.shape else { return nil }
    return try broadcast([leftShape, rightShape])
  }
}
