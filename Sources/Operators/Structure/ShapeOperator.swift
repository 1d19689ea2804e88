import Tensors

/// ONNX `Shape`: the input's shape, or the part from `start` to `end` of it (since opset 15).
struct ShapeOperator: Operator {
  let name = "Shape"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    let input = try inputs.required(0, "data")
    guard let shape = input.shape else { return [TensorFact(.int64, nil)] }
    return [TensorFact(constant: part(call, shape))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    [part(call, try inputs.required(0, "data").shape)]
  }

  private func part(_ call: OperatorCall, _ shape: [Int]) -> Tensor {
    let rank = shape.count
    func clamp(_ value: Int) -> Int { min(max(value < 0 ? value + rank : value, 0), rank) }
    let start = call.opset < 15 ? 0 : clamp(call.int("start", default: 0))
    let end = call.opset < 15 ? rank : clamp(call.int("end", default: rank))
    let lengths = start < end ? shape[start..<end].map { Int64($0) } : []
    return Tensor([lengths.count], lengths)
  }
}
