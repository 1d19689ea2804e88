import NetworkGraph
import Tensors

/// ONNX `LpNormalization`: divides by the 1- or 2-norm along an axis; a zero norm gives zeros.
struct LpNormalizationOperator: Operator {
  let name = "LpNormalization"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "input")
    return [TensorFact(input.type, input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "input")
    let axis = try Shapes.axis(call.int("axis", default: -1), rank: input.rank)
    let norm = try PowerNorm(call)
    let length = input.shape[axis]
    let inner = Shapes.product(input.shape.dropFirst(axis + 1))
    var values = try input.realValues("input")
    for outer in 0..<Shapes.product(input.shape.prefix(axis)) {
      for offset in 0..<inner {
        let start = outer * length * inner + offset
        let line = stride(from: start, to: start + length * inner, by: max(inner, 1))
        let size = norm.of(line.map { values[$0] })
        for index in line { values[index] = size == 0 ? 0 : values[index] / size }
      }
    }
    return [try Tensor.fromRows(values, shape: input.shape, type: input.type)]
  }
}
