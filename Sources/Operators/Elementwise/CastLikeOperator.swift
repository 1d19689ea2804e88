import Tensors

/// ONNX `CastLike`: the elements converted to the type of the second input.
struct CastLikeOperator: Operator {
  let name = "CastLike"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let (input, model) = (
      try inputs.required(0, "input"), try inputs.required(1, "target_type")
    )
    return [TensorFact(model.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let (input, model) = (
      try inputs.required(0, "input"), try inputs.required(1, "target_type")
    )
    let isSaturating = call.int("saturate", default: 1) != 0
    return [try CastOperator.convert(input, to: model.type, isSaturating: isSaturating)]
  }
}
