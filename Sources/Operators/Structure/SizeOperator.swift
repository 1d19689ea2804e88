import Tensors

/// ONNX `Size`: the number of elements.
struct SizeOperator: Operator {
  let name = "Size"

  func infer(_ call: OperatorCall, _ inputs: [TensorFact?]) throws(EngineError) -> [TensorFact] {
    guard let shape = try inputs.required(0, "data").shape else { return [TensorFact(.int64, [])] }
    return [TensorFact(constant: Tensor(scalar: Int64(try Shapes.count(shape))))]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    [Tensor(scalar: Int64(try inputs.required(0, "data").count))]
  }
}
