import NetworkGraph
import Tensors

/// ONNX `GroupNormalization`: mean 0 and variance 1 over each group of channels of each sample.
///
/// Scale and bias are per group in opset 18 and per channel from opset 21 on.
struct GroupNormalizationOperator: Operator {
  let name = "GroupNormalization"

  private func groups(_ call: OperatorCall, _ shape: ChannelShape) throws(EngineError) -> Int {
    guard let groups = call.node.int("num_groups"), groups >= 1, shape.channels % groups == 0 else {
      throw Shapes.mismatch(
        "\(shape.channels) channels can't be split into num_groups = "
          + "\(call.node.int("num_groups").map { "\($0)" } ?? "none") groups")
    }
    return groups
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    if let shape = input.shape { _ = try groups(call, try ChannelShape(shape)) }
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let shape = try ChannelShape(input.shape)
    let groups = try groups(call, shape)
    let parameterCount = call.opset < 21 ? groups : shape.channels
    var parameters: [[Double]] = []
    for (index, name) in ["scale", "bias"].enumerated() {
      let tensor: Tensor = try inputs.required(index + 1, name)
      guard tensor.shape == [parameterCount] else {
        throw Shapes.mismatch(
          "the input '\(name)' has shape \(tensor.shape) instead of [\(parameterCount)]")
      }
      parameters.append(try tensor.realValues(name))
    }
    let epsilon = Double(call.float("epsilon", default: 1e-5))
    let size = shape.channels / groups * shape.inner
    var values = try input.realValues("X")
    for part in 0..<shape.batch * groups {
      let range = part * size..<(part + 1) * size
      let moments = Moments(values[range])
      let inverse = 1 / (moments.variance + epsilon).squareRoot()
      for index in range {
        let channel = index / shape.inner % shape.channels
        let parameter = call.opset < 21 ? part % groups : channel
        values[index] =
          (values[index] - moments.mean) * inverse * parameters[0][parameter]
          + parameters[1][parameter]
      }
    }
    return [try Tensor.fromRows(values, shape: input.shape, type: input.type)]
  }
}
