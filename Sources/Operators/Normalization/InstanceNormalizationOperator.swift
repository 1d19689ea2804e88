import NetworkGraph
import Tensors

/// ONNX `InstanceNormalization`: mean 0 and variance 1 over each channel of each sample.
struct InstanceNormalizationOperator: Operator {
  let name = "InstanceNormalization"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "input")
    if let shape = input.shape {
      let channels = try ChannelShape(shape)
      if let scale = inputs.optional(1)?.shape { try channels.check(scale, "scale") }
      if let bias = inputs.optional(2)?.shape { try channels.check(bias, "B") }
    }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "input")
    let scale: Tensor = try inputs.required(1, "scale")
    let bias: Tensor = try inputs.required(2, "B")
    let shape = try ChannelShape(input.shape)
    try shape.check(scale.shape, "scale")
    try shape.check(bias.shape, "B")
    let (factors, shifts) = (try scale.realValues("scale"), try bias.realValues("B"))
    let epsilon = Double(call.float("epsilon", default: 1e-5))
    var values = try input.realValues("input")
    for plane in 0..<shape.batch * shape.channels {
      let range = plane * shape.inner..<(plane + 1) * shape.inner
      let moments = Moments(values[range])
      let channel = plane % shape.channels
      let factor = factors[channel] / (moments.variance + epsilon).squareRoot()
      for index in range {
        values[index] = (values[index] - moments.mean) * factor + shifts[channel]
      }
    }
    return [try Tensor.fromRows(values, shape: input.shape, type: input.type)]
  }
}
