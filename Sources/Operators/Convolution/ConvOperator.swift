import NetworkGraph
import Tensors

/// ONNX `Conv`: convolution of any number of spatial axes, with groups, dilations and padding.
struct ConvOperator: Operator {
  let name = "Conv"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    let weight: TensorFact = try inputs.required(1, "W")
    guard let inputShape = input.shape, let weightShape = weight.shape else {
      return [TensorFact(input.type, nil)]
    }
    let shape = try ConvolutionShape(call, input: inputShape, weight: weightShape)
    return [TensorFact(input.type, shape.output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    guard let weight = inputs.optional(1)?.shape, let output = outputs.first?.shape else {
      return 0
    }
    return (weight.dropFirst() + output).reduce(1) { $0.multiplyingSaturating($1) }
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let weight: Tensor = try inputs.required(1, "W")
    let shape = try ConvolutionShape(call, input: input.shape, weight: weight.shape)
    let bias = inputs.optional(2)
    if let bias, bias.shape != [weight.shape[0]] {
      throw Shapes.mismatch("the bias has shape \(bias.shape) instead of [\(weight.shape[0])]")
    }
    guard input.type.isFloat else {
      throw Shapes.mismatch("elements of type \(input.type) where floats are needed")
    }
    return [
      try input.type.acceptRows(
        Kernel(shape: shape, input: input, weight: weight, bias: bias))
    ]
  }

  private struct Kernel: RowVisitor {
    let shape: ConvolutionShape
    let input: Tensor
    let weight: Tensor
    let bias: Tensor?

    func visit<R: RowNumber>(_ type: R.Type) throws(EngineError) -> Tensor {
      let result = ConvolutionKernel<R>(shape: shape)
        .run(input: input.rows(), weight: weight.rows(), bias: bias.map { $0.rows() })
      return try Tensor.fromRows(result, shape: shape.output, type: input.type)
    }
  }
}
