import Tensors

/// ONNX `IsNaN`: whether each float is not a number.
struct IsNaNOperator: Operator {
  let name = "IsNaN"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    [TensorFact(.bool, try inputs.required(0, "X").shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    var input = try inputs.required(0, "X")
    if Float8(input.type) != nil { input = try CastOperator.convert(input, to: .float32) }
    return [try input.type.accept(Kernel(input: input))]
  }

  private struct Kernel: RealVisitor {
    let input: Tensor

    func visit<R: RealScalar>(_ type: R.Type) -> Tensor {
      UnaryMap.map(input) { (x: R) in x.work.isNaN }
    }
  }
}
