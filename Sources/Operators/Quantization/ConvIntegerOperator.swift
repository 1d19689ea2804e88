import NetworkGraph
import Tensors

/// ONNX `ConvInteger`: convolution of 8-bit integers in 32-bit integers.
struct ConvIntegerOperator: Operator {
  let name = "ConvInteger"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "x")
    let weight: TensorFact = try inputs.required(1, "w")
    guard let inputShape = input.shape, let weightShape = weight.shape else {
      return [TensorFact(.int32, nil)]
    }
    let shape = try ConvolutionShape(call, input: inputShape, weight: weightShape)
    return [TensorFact(.int32, shape.output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    ConvOperator().multiplyAdds(call, inputs, outputs)
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "x")
    let weight: Tensor = try inputs.required(1, "w")
    let shape = try ConvolutionShape(call, input: input.shape, weight: weight.shape)
    // Padding is with the zero point, which is 0 once it is taken off.
    let result = ConvolutionKernel<Int64>(shape: shape).run(
      input: try IntegerOperand.centred(input, zeroPoint: inputs.optional(2), axis: 1, "x"),
      weight: try IntegerOperand.centred(weight, zeroPoint: inputs.optional(3), axis: 0, "w"),
      bias: nil)
    return [try Tensor.fromRows(result, shape: shape.output, type: .int32)]
  }
}
