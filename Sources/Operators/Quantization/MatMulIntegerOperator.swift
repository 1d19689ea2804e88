import NetworkGraph
import Tensors

/// ONNX `MatMulInteger`: product of 8-bit matrices in 32-bit integers.
struct MatMulIntegerOperator: Operator {
  let name = "MatMulInteger"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let left: TensorFact = try inputs.required(0, "A")
    let right: TensorFact = try inputs.required(1, "B")
    guard let leftShape = left.shape, let rightShape = right.shape else {
      return [TensorFact(.int32, nil)]
    }
    return [TensorFact(.int32, try MatrixProduct(leftShape, rightShape).output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    MatMulOperator().multiplyAdds(call, inputs, outputs)
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let left: Tensor = try inputs.required(0, "A")
    let right: Tensor = try inputs.required(1, "B")
    let product = try MatrixProduct(left.shape, right.shape)
    let result = product.run(
      try IntegerOperand.centred(
        left, zeroPoint: inputs.optional(2), axis: left.rank - 2, "A"),
      try IntegerOperand.centred(
        right, zeroPoint: inputs.optional(3), axis: right.rank - 1, "B"))
    return [try Tensor.fromRows(result, shape: product.output, type: .int32)]
  }
}
