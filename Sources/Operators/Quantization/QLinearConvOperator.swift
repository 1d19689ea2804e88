import NetworkGraph
import Tensors

/// ONNX `QLinearConv`: convolution of quantized tensors, quantized again.
struct QLinearConvOperator: Operator {
  let name = "QLinearConv"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "x")
    let weight: TensorFact = try inputs.required(3, "w")
    let zeroPoint: TensorFact = try inputs.required(7, "y_zero_point")
    guard let inputShape = input.shape, let weightShape = weight.shape else {
      return [TensorFact(zeroPoint.type, nil)]
    }
    let shape = try ConvolutionShape(call, input: inputShape, weight: weightShape)
    return [TensorFact(zeroPoint.type, shape.output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    ConvOperator().multiplyAdds(call, [inputs.optional(0), inputs.optional(3)], outputs)
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "x")
    let inputScale: Tensor = try inputs.required(1, "x_scale")
    let weight: Tensor = try inputs.required(3, "w")
    let weightScale: Tensor = try inputs.required(4, "w_scale")
    let shape = try ConvolutionShape(call, input: input.shape, weight: weight.shape)
    let bias = inputs.optional(8)
    if let bias, bias.shape != [weight.shape[0]] || bias.type != .int32 {
      throw Shapes.mismatch(
        "the bias is \(bias.type) of shape \(bias.shape) instead of int32 of [\(weight.shape[0])]")
    }
    guard inputScale.count == 1 else {
      throw Shapes.mismatch("x_scale of shape \(inputScale.shape) needs one element")
    }
    let sums = ConvolutionKernel<Int64>(shape: shape).run(
      input: try IntegerOperand.centred(input, zeroPoint: inputs.optional(2), axis: 1, "x"),
      weight: try IntegerOperand.centred(weight, zeroPoint: inputs.optional(5), axis: 0, "w"),
      bias: bias.map { $0.rows() })
    return [
      try Requantization(
        left: try ParameterMap(inputScale.shape, shape.output, axis: 1, "y"),
        leftScales: try inputScale.realValues("x_scale").map { Float($0) },
        right: try ParameterMap(weightScale.shape, shape.output, axis: 1, "y"),
        rightScales: try weightScale.realValues("w_scale").map { Float($0) }
      ).encode(
        sums, shape: shape.output, scale: try inputs.required(6, "y_scale"),
        zeroPoint: try inputs.required(7, "y_zero_point"))
    ]
  }
}
