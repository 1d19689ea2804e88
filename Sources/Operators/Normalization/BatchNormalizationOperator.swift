import NetworkGraph
import Tensors

/// ONNX `BatchNormalization`: with given statistics, or in training mode with those of the batch.
struct BatchNormalizationOperator: Operator {
  let name = "BatchNormalization"

  func unsupportedReason(_ call: OperatorCall) -> String? {
    call.opset < 9 && call.int("spatial", default: 1) == 0
      ? "BatchNormalization with statistics for each position (spatial = 0) is not supported" : nil
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    let mean: TensorFact = try inputs.required(3, "input_mean")
    if let shape = input.shape {
      let channels = try ChannelShape(shape)
      for (index, name) in ["scale", "B", "input_mean", "input_var"].enumerated() {
        if let other = inputs.optional(index + 1)?.shape { try channels.check(other, name) }
      }
    }
    let statistics = TensorFact(mean.type, mean.shape)
    return [TensorFact(input.type, input.shape), statistics, statistics, statistics, statistics]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let shape = try ChannelShape(input.shape)
    var parameters: [Tensor] = []
    for (index, name) in ["scale", "B", "input_mean", "input_var"].enumerated() {
      let tensor: Tensor = try inputs.required(index + 1, name)
      try shape.check(tensor.shape, name)
      parameters.append(tensor)
    }
    let values = try input.realValues("X")
    var mean = try parameters[2].realValues("input_mean")
    var variance = try parameters[3].realValues("input_var")
    var statistics = [parameters[2], parameters[3], parameters[2], parameters[3]]
    if call.int("training_mode", default: 0) != 0 {
      let momentum = Double(call.float("momentum", default: 0.9))
      let batch = (0..<shape.channels).map { moments(of: $0, values, shape) }
      for (position, current) in [batch.map(\.mean), batch.map(\.variance)].enumerated() {
        let old = position == 0 ? mean : variance
        let running = zip(old, current).map { $0 * momentum + $1 * (1 - momentum) }
        statistics[position] = try Tensor.fromRows(
          running, shape: [shape.channels], type: parameters[2 + position].type)
      }
      mean = batch.map(\.mean)
      variance = batch.map(\.variance)
    }
    let result = normalize(
      values, shape, scale: try parameters[0].realValues("scale"),
      bias: try parameters[1].realValues("B"), mean: mean, variance: variance,
      epsilon: Double(call.float("epsilon", default: 1e-5)))
    // Without training the statistics stay as they are.
    return [try Tensor.fromRows(result, shape: input.shape, type: input.type)] + statistics
  }

  private func normalize(
    _ values: [Double], _ shape: ChannelShape, scale: [Double], bias: [Double], mean: [Double],
    variance: [Double], epsilon: Double
  ) -> [Double] {
    var result = values
    for sample in 0..<shape.batch {
      for channel in 0..<shape.channels {
        let factor = scale[channel] / (variance[channel] + epsilon).squareRoot()
        let start = (sample * shape.channels + channel) * shape.inner
        for index in start..<start + shape.inner {
          result[index] = (values[index] - mean[channel]) * factor + bias[channel]
        }
      }
    }
    return result
  }

  private func moments(of channel: Int, _ values: [Double], _ shape: ChannelShape) -> Moments {
    var gathered: [Double] = []
    for sample in 0..<shape.batch {
      let start = (sample * shape.channels + channel) * shape.inner
      gathered += values[start..<start + shape.inner]
    }
    return Moments(gathered[...])
  }
}
