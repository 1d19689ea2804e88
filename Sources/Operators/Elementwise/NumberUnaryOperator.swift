import Tensors

/// An operator that maps each number, integer or float, by itself.
protocol NumberUnaryOperator: Operator {
  /// The function.
  func apply<W: WorkNumber>(_ x: W) -> W
}

extension NumberUnaryOperator {
  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "X")
    guard input.type.isNumber else {
      throw Shapes.mismatch("\(name) needs numbers, but its input has type \(input.type)")
    }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "X")
    return [try input.type.accept(NumberUnaryKernel(function: self, input: input))]
  }
}

private struct NumberUnaryKernel<Function: NumberUnaryOperator>: NumberVisitor {
  let function: Function
  let input: Tensor

  func visit<N: NumberScalar>(_ type: N.Type) -> Tensor {
    UnaryMap.map(input, RoundedFunction<Function, N>(function: function))
  }
}

private struct RoundedFunction<Function: NumberUnaryOperator, N: NumberScalar>: UnaryFunction {
  let function: Function

  func apply(_ x: N) -> N { N(work: function.apply(x.work)) }
}
