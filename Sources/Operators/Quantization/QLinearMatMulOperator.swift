import NetworkGraph
import Tensors

/// ONNX `QLinearMatMul`: product of quantized matrices, quantized again.
struct QLinearMatMulOperator: Operator {
  let name = "QLinearMatMul"

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let left: TensorFact = try inputs.required(0, "a")
    let right: TensorFact = try inputs.required(3, "b")
    let zeroPoint: TensorFact = try inputs.required(7, "y_zero_point")
    guard let leftShape = left.shape, let rightShape = right.shape else {
      return [TensorFact(zeroPoint.type, nil)]
    }
    return [TensorFact(zeroPoint.type, try MatrixProduct(leftShape, rightShape).output)]
  }

  func multiplyAdds(
    _ call: OperatorCall, _ inputs: [TensorFact?], _ outputs: [TensorFact]
  ) -> Int {
    MatMulOperator().multiplyAdds(call, inputs, outputs)
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let left: Tensor = try inputs.required(0, "a")
    let leftScale: Tensor = try inputs.required(1, "a_scale")
    let right: Tensor = try inputs.required(3, "b")
    let rightScale: Tensor = try inputs.required(4, "b_scale")
    let product = try MatrixProduct(left.shape, right.shape)
    let sums = product.run(
      try IntegerOperand.centred(left, zeroPoint: inputs.optional(2), axis: left.rank - 2, "a"),
      try IntegerOperand.centred(right, zeroPoint: inputs.optional(5), axis: right.rank - 1, "b"))
    let rank = product.output.count
    return [
      try Requantization(
        left: try ParameterMap(leftScale.shape, product.output, axis: rank - 2, "y"),
        leftScales: try leftScale.realValues("a_scale").map { Float($0) },
        right: try ParameterMap(rightScale.shape, product.output, axis: rank - 1, "y"),
        rightScales: try rightScale.realValues("b_scale").map { Float($0) }
      ).encode(
        sums, shape: product.output, scale: try inputs.required(6, "y_scale"),
        zeroPoint: try inputs.required(7, "y_zero_point"))
    ]
  }
}

/// Turns integer sums of products into codes of the result's scale and zero point.
struct Requantization {
  let left: ParameterMap
  let leftScales: [Float]
  let right: ParameterMap
  let rightScales: [Float]

  /// The codes.
  func encode(
    _ sums: [Int64], shape: [Int], scale: Tensor, zeroPoint: Tensor
  ) throws(EngineError) -> Tensor {
    guard scale.count == 1, zeroPoint.count == 1, let divisor = scale.floats.first,
      let point = zeroPoint.integers.first
    else {
      throw Shapes.mismatch(
        "y_scale of shape \(scale.shape) and y_zero_point of shape \(zeroPoint.shape) "
          + "need one element each")
    }
    let quotients = sums.enumerated().map { index, sum in
      let factor =
        leftScales[left.index(of: index)] * rightScales[right.index(of: index)] / divisor
      return Float(sum) * factor
    }
    return try QuantizedCoding(zeroPoint.type)
      .encode(shape: shape, quotients: quotients) { _ in point }
  }
}
