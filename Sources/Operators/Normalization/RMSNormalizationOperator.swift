import NetworkGraph
import Tensors

/// ONNX `RMSNormalization`: divides by the root mean square over the last axes, then scales.
struct RMSNormalizationOperator: Operator {
  let name = "RMSNormalization"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "X")
    let scale: TensorFact = try inputs.required(1, "scale")
    if let shape = input.shape { _ = try TrailingAxes(call, shape) }
    return [TensorFact(scale.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    let scale: Tensor = try inputs.required(1, "scale")
    let axes = try TrailingAxes(call, input.shape)
    let factors = try axes.parameter(scale, "scale", shape: input.shape)
    let epsilon = Double(call.float("epsilon", default: 1e-5))
    var values = try input.realValues("X")
    for part in 0..<axes.outer {
      let start = part * axes.inner
      let square = values[start..<start + axes.inner].reduce(0) { $0 + $1 * $1 }
      let inverse = 1 / (square / Double(max(axes.inner, 1)) + epsilon).squareRoot()
      for index in 0..<axes.inner { values[start + index] *= inverse * (factors?[index] ?? 1) }
    }
    return [try Tensor.fromRows(values, shape: input.shape, type: scale.type)]
  }
}
