import NetworkGraph
import Tensors

/// ONNX `GlobalMaxPool`: the greatest element of each channel.
struct GlobalMaxPoolOperator: Operator {
  let name = "GlobalMaxPool"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    [try GlobalPoolShape.fact(inputs)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    try GlobalPoolShape.run(inputs) { values in
      values.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
    }
  }
}
