import Tensors

/// ONNX `Identity`: the input itself.
struct IdentityOperator: Operator {
  let name = "Identity"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    [try inputs.required(0, "input")]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    [try inputs.required(0, "input")]
  }
}
