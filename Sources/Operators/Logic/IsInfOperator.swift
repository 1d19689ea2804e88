import Tensors

/// ONNX `IsInf`: whether each float is infinite, of the signs that the attributes choose.
struct IsInfOperator: Operator {
  let name = "IsInf"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    [TensorFact(.bool, try inputs.required(0, "X").shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    var input = try inputs.required(0, "X")
    if Float8(input.type) != nil { input = try CastOperator.convert(input, to: .float32) }
    let kernel = Kernel(
      input: input, findsNegative: call.int("detect_negative", default: 1) != 0,
      findsPositive: call.int("detect_positive", default: 1) != 0)
    return [try input.type.accept(kernel)]
  }

  private struct Kernel: RealVisitor {
    let input: Tensor
    let findsNegative: Bool
    let findsPositive: Bool

    func visit<R: RealScalar>(_ type: R.Type) -> Tensor {
      UnaryMap.map(input) { (x: R) in
        x.work.isInfinite && (x.work < 0 ? findsNegative : findsPositive)
      }
    }
  }
}
