import Tensors

/// An operator that maps each float by itself, calculated in `Float` or `Double`.
protocol RealUnaryOperator: Operator {
  /// This operator with the attributes of a node.
  func configured(_ call: OperatorCall) throws(EngineError) -> Self
  /// The function.
  func apply<R: RealWork>(_ x: R) -> R
}

extension RealUnaryOperator {
  func configured(_ call: OperatorCall) throws(EngineError) -> Self { self }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "X")
    guard input.type.isReal else {
      throw Shapes.mismatch("\(name) needs floats, but its input has type \(input.type)")
    }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "X")
    let kernel = RealUnaryKernel(function: try configured(call), input: input)
    return [try input.type.accept(kernel)]
  }
}

private struct RealUnaryKernel<Function: RealUnaryOperator>: RealVisitor {
  let function: Function
  let input: Tensor

  func visit<R: RealScalar>(_ type: R.Type) -> Tensor {
    UnaryMap.map(input, RoundedFunction<Function, R>(function: function))
  }
}

private struct RoundedFunction<Function: RealUnaryOperator, R: RealScalar>: UnaryFunction {
  let function: Function

  func apply(_ x: R) -> R { R(work: function.apply(x.work)) }
}
