import Tensors

/// ONNX `Dropout` as in inference: the input itself, and a mask that keeps all.
///
/// Training mode (since opset 12 an input) with a ratio above 0 is refused: its results are random.
struct DropoutOperator: Operator {
  let name = "Dropout"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    let data = TensorFact(input.type, input.shape)
    guard call.wantsOutput(1) else { return [data] }
    return [data, TensorFact(maskType(call, input.type), input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input = try inputs.required(0, "data")
    if call.opset >= 12, let mode = inputs.optional(2), mode.doubles.first ?? 0 != 0 {
      let ratio = inputs.optional(1)?.doubles.first ?? 0.5
      guard ratio == 0 else {
        throw Shapes.unsupported(
          "Dropout in training mode has random results",
          remedy: "Export the model in evaluation mode")
      }
    }
    guard call.wantsOutput(1) else { return [input] }
    let mask = Tensor.filled(input.shape, with: true)
    return [input, try CastOperator.convert(mask, to: maskType(call, input.type))]
  }

  private func maskType(_ call: OperatorCall, _ type: ElementType) -> ElementType {
    call.opset < 10 ? type : .bool
  }
}
