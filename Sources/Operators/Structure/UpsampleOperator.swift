import NetworkGraph
import Tensors

/// ONNX `Upsample` (removed in opset 10): the input scaled up, by nearest neighbour or linear.
///
/// The scales are an attribute before opset 9 and an input in opset 9.
struct UpsampleOperator: Operator {
  let name = "Upsample"

  func unsupportedReason(_ call: OperatorCall) -> String? {
    do throws(EngineError) {
      _ = try ResizeOptions(call)
      return nil
    } catch {
      return error.problem
    }
  }

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "X")
    guard let plan = try plan(call, inputs) else { return [TensorFact(input.type, nil)] }
    return [TensorFact(input.type, plan.axes.map(\.resized))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let facts = inputs.map { $0.map { TensorFact(constant: $0) } }
    guard let plan = try plan(call, facts) else { return [] }
    let kernel = ResizeKernel(options: try ResizeOptions(call), plan: plan)
    return [try kernel.run(try inputs.required(0, "X"))]
  }

  private func plan(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> ResizePlan? {
    guard let shape = try inputs.required(0, "X").shape else { return nil }
    var scales = call.node.floats("scales")
    if call.opset >= 9 {
      guard let known = try inputs.required(1, "scales").constant else { return nil }
      scales = known.floats
    }
    return try ResizePlan(
      options: try ResizeOptions(call), shape: shape, scales: scales, sizes: nil, crop: nil)
  }
}
