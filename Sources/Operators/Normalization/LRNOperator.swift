import Foundation
import NetworkGraph
import Tensors

/// ONNX `LRN`: divides by a power of the sum of squares over neighbouring channels.
struct LRNOperator: Operator {
  let name = "LRN"

  private func size(_ call: OperatorCall) throws(EngineError) -> Int {
    guard let size = call.node.int("size"), size >= 1 else {
      throw Shapes.mismatch("the attribute 'size' is missing or less than 1")
    }
    return size
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    _ = try size(call)
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let shape = try ChannelShape(input.shape)
    let size = try size(call)
    let before = (size - 1) / 2
    let after = size - 1 - before
    let alpha = Double(call.float("alpha", default: 1e-4)) / Double(size)
    let beta = Double(call.float("beta", default: 0.75))
    let bias = Double(call.float("bias", default: 1))
    let values = try input.realValues("X")
    var result = values
    for sample in 0..<shape.batch {
      for channel in 0..<shape.channels {
        let first = max(channel - before, 0)
        let last = after >= shape.channels - channel ? shape.channels - 1 : channel + after
        for position in 0..<shape.inner {
          let sum = (first...last).reduce(0.0) { sum, other in
            let value = values[(sample * shape.channels + other) * shape.inner + position]
            return sum + value * value
          }
          result[(sample * shape.channels + channel) * shape.inner + position] /=
            pow(bias + alpha * sum, beta)
        }
      }
    }
    return [try Tensor.fromRows(result, shape: input.shape, type: input.type)]
  }
}
