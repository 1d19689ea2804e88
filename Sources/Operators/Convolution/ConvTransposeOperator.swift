import NetworkGraph
import Tensors

/// ONNX `ConvTranspose`: transposed convolution (the gradient of a convolution).
struct ConvTransposeOperator: Operator {
  let name = "ConvTranspose"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    let weight: TensorFact = try inputs.required(1, "W")
    guard let inputShape = input.shape, let weightShape = weight.shape else {
      return [TensorFact(input.type, nil)]
    }
    let shape = try TransposedConvolutionShape(call, input: inputShape, weight: weightShape)
    return [TensorFact(input.type, shape.output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    guard let input = inputs.optional(0)?.shape, let weight = inputs.optional(1)?.shape else {
      return 0
    }
    return (input + weight.dropFirst()).reduce(1) { $0.multiplyingSaturating($1) }
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let weight: Tensor = try inputs.required(1, "W")
    let shape = try TransposedConvolutionShape(call, input: input.shape, weight: weight.shape)
    let bias = inputs.optional(2)
    let channels = shape.groups * shape.groupOutputs
    if let bias, bias.shape != [channels] {
      throw Shapes.mismatch("the bias has shape \(bias.shape) instead of [\(channels)]")
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
    let shape: TransposedConvolutionShape
    let input: Tensor
    let weight: Tensor
    let bias: Tensor?

    func visit<R: RowNumber>(_ type: R.Type) throws(EngineError) -> Tensor {
      let result = TransposedConvolutionKernel<R>(shape: shape)
        .run(input: input.rows(), weight: weight.rows(), bias: bias.map { $0.rows() })
      return try Tensor.fromRows(result, shape: shape.output, type: input.type)
    }
  }
}
