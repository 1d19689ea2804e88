import NetworkGraph
import Tensors

/// ONNX `If`: one of two subgraphs, by a condition.
struct IfOperator: Operator {
  let name = "If"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    try Subgraphs.declaredFacts(try Subgraphs.required("then_branch", call).outputs[...])
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let condition = try Subgraphs.condition(try inputs.required(0, "cond"))
    let branch = try Subgraphs.required(condition ? "then_branch" : "else_branch", call)
    return try Subgraphs.run(branch, [], call)
  }
}
