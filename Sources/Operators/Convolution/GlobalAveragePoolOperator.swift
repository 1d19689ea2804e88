import NetworkGraph
import Tensors

/// ONNX `GlobalAveragePool`: the mean of each channel.
struct GlobalAveragePoolOperator: Operator {
  let name = "GlobalAveragePool"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    [try GlobalPoolShape.fact(inputs)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    try GlobalPoolShape.run(inputs) { values in
      values.reduce(0, +) / Double(values.count)
    }
  }
}
