import NetworkGraph
import Tensors

/// ONNX `Constant`: a value stored in the node.
struct ConstantOperator: Operator {
  let name = "Constant"

  func unsupportedReason(_ call: OperatorCall) -> String? {
    call.node.attributes["sparse_value"] == nil ? nil : "a sparse constant"
  }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    [TensorFact(constant: try run(call, [])[0])]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    if let reason = unsupportedReason(call) { throw Shapes.unsupported(reason) }
    guard let value = call.node.constantValue else {
      throw Shapes.mismatch("Constant has no value")
    }
    return [value]
  }
}
