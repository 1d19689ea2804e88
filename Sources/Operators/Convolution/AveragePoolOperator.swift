import NetworkGraph
import Tensors

/// ONNX `AveragePool`: the mean of each window, with or without its padding.
struct AveragePoolOperator: Operator {
  let name = "AveragePool"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    [try PoolShape.fact(call, inputs)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "X")
    guard input.type.isFloat else {
      throw Shapes.mismatch("elements of type \(input.type) where floats are needed")
    }
    return [
      try input.type.acceptRows(
        Kernel(
          shape: try PoolShape(call, input.shape), input: input,
          countsPadding: call.int("count_include_pad", default: 0) != 0))
    ]
  }

  private struct Kernel: RowVisitor {
    let shape: PoolShape
    let input: Tensor
    let countsPadding: Bool

    func visit<R: RowNumber>(_ type: R.Type) throws(EngineError) -> Tensor {
      let result = shape.reduce(input.rows(type)) { plane, offsets, padded in
        let count = countsPadding ? padded : offsets.count
        return .converting(R.total(plane, at: offsets).asDouble / Double(max(count, 1)))
      }
      return try Tensor.fromRows(result, shape: shape.output, type: input.type)
    }
  }
}
