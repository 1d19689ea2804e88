import Tensors

/// ONNX `BitwiseNot`: all bits inverted.
struct BitwiseNotOperator: Operator {
  let name = "BitwiseNot"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "X")
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "X")
    return [try input.type.accept(Kernel(input: input))]
  }

  private struct Kernel: IntegerVisitor {
    let input: Tensor

    func visit<I: TensorInteger & NumberScalar>(_ type: I.Type) -> Tensor {
      UnaryMap.map(input) { (x: I) in ~x }
    }
  }
}
