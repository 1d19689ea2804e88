import NetworkGraph
import Tensors

/// ONNX `Resize`: the input scaled along its axes, by nearest neighbour, linear or cubic.
///
/// Opset 10 has scales only; since opset 11 there are sizes, crops and the choice of coordinates;
/// opset 18 adds antialiasing, axes and aspect ratios.
struct ResizeOperator: Operator {
  let name = "Resize"

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

  /// Nil when scales, sizes or crop are not known.
  private func plan(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> ResizePlan? {
    let options = try ResizeOptions(call)
    let scales: TensorFact? = inputs.optional(call.opset < 11 ? 1 : 2)
    let sizes: TensorFact? = call.opset < 11 ? nil : inputs.optional(3)
    let crop: TensorFact? = call.opset < 11 ? nil : inputs.optional(1)
    guard let shape = try inputs.required(0, "X").shape else { return nil }
    // An empty tensor stands for an omitted input.
    let givenScales = scales?.shape == [0] ? nil : scales
    let givenSizes = sizes?.shape == [0] ? nil : sizes
    for given in [givenScales, givenSizes].compactMap({ $0 }) where given.constant == nil {
      return nil
    }
    if options.coordinates == .cropAndResize, let crop, crop.constant == nil { return nil }
    return try ResizePlan(
      options: options, shape: shape,
      scales: givenSizes == nil ? givenScales?.constant?.floats : nil,
      sizes: givenSizes?.integers, crop: crop?.constant?.floats)
  }
}
