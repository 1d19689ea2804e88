import NetworkGraph
import Tensors

/// ONNX `DequantizeLinear`: `(x - zero point) * scale`, per tensor, axis or block.
struct DequantizeLinearOperator: Operator {
  let name = "DequantizeLinear"

  func unsupportedReason(_ call: OperatorCall) -> String? {
    do throws(EngineError) {
      _ = try ElementType.fromAttribute(call.int("output_dtype", default: 0), "output_dtype")
      return nil
    } catch {
      return error.problem
    }
  }

  private func outputType(
    _ call: OperatorCall, scale: ElementType
  ) throws(EngineError) -> ElementType {
    let type =
      try ElementType.fromAttribute(call.int("output_dtype", default: 0), "output_dtype") ?? scale
    switch type {
    case .float32, .float16, .bfloat16: return type
    default: throw Shapes.unsupported("dequantizing to \(type) is not supported")
    }
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "x")
    let scale: TensorFact = try inputs.required(1, "x_scale")
    if let shape = input.shape, let scaleShape = scale.shape {
      _ = try QuantizationScales(
        call, shape: shape, scale: scaleShape, zeroPoint: inputs.optional(2)?.shape)
    }
    return [TensorFact(try outputType(call, scale: scale.type), input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "x")
    let scale: Tensor = try inputs.required(1, "x_scale")
    let zeroPoint = inputs.optional(2)
    if let zeroPoint, zeroPoint.type != input.type {
      throw Shapes.mismatch("x is of type \(input.type), the zero point of \(zeroPoint.type)")
    }
    let type = try outputType(call, scale: scale.type)
    let scales = try QuantizationScales(
      call, shape: input.shape, scale: scale.shape, zeroPoint: zeroPoint?.shape)
    let factors = try scale.realValues("x_scale").map { Float($0) }
    // The difference is exact in double precision, whatever the type.
    let points = zeroPoint?.doubles
    let values = input.doubles
    guard values.count == input.count else {
      throw Shapes.mismatch("elements of type \(input.type) can't be dequantized")
    }
    var result = [Float](repeating: 0, count: values.count)
    for index in values.indices {
      let position = scales.index(of: index)
      let code = values[index] - (points?[position] ?? 0)
      result[index] = Float(code) * factors[position]
    }
    return [try Tensor.fromRows(result, shape: input.shape, type: type)]
  }
}
