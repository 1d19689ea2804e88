import NetworkGraph
import Tensors

/// ONNX `MatMul`: matrix product with broadcast leading axes.
struct MatMulOperator: Operator {
  let name = "MatMul"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let left: TensorFact = try inputs.required(0, "A")
    let right: TensorFact = try inputs.required(1, "B")
    guard let leftShape = left.shape, let rightShape = right.shape else {
      return [TensorFact(left.type, nil)]
    }
    return [TensorFact(left.type, try MatrixProduct(leftShape, rightShape).output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    guard let depth = inputs.optional(0)?.shape?.last, let output = outputs.first?.shape else {
      return 0
    }
    return output.reduce(depth) { $0.multiplyingSaturating($1) }
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let left: Tensor = try inputs.required(0, "A")
    let right: Tensor = try inputs.required(1, "B")
    guard left.type == right.type else {
      throw Shapes.mismatch("A is of type \(left.type), B of type \(right.type)")
    }
    let product = try MatrixProduct(left.shape, right.shape)
    return [try left.type.acceptRows(Kernel(product: product, left: left, right: right))]
  }

  private struct Kernel: RowVisitor {
    let product: MatrixProduct
    let left: Tensor
    let right: Tensor

    func visit<R: RowNumber>(_ type: R.Type) throws(EngineError) -> Tensor {
      try Tensor.fromRows(
        product.run(left.rows(type), right.rows(type)), shape: product.output, type: left.type)
    }
  }
}
