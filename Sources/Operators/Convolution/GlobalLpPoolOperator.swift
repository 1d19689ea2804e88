import NetworkGraph
import Tensors

/// ONNX `GlobalLpPool`: the p-norm of each channel.
struct GlobalLpPoolOperator: Operator {
  let name = "GlobalLpPool"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    [try GlobalPoolShape.fact(inputs)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let norm = try PowerNorm(call)
    return try GlobalPoolShape.run(inputs) { norm.of($0) }
  }
}
