import NetworkGraph
import Tensors

/// ONNX `QuantizeLinear`: `saturate(round(x / scale) + zero point)`, per tensor, axis or block.
struct QuantizeLinearOperator: Operator {
  let name = "QuantizeLinear"

  func unsupportedReason(_ call: OperatorCall) -> String? {
    do throws(EngineError) {
      if let type = try ElementType.fromAttribute(
        call.int("output_dtype", default: 0), "output_dtype")
      {
        _ = try QuantizedCoding(type)
      }
      _ = try ElementType.fromAttribute(call.int("precision", default: 0), "precision")
      return nil
    } catch {
      return error.problem
    }
  }

  private func outputType(
    _ call: OperatorCall, zeroPoint: ElementType?
  ) throws(EngineError) -> ElementType {
    let wanted = try ElementType.fromAttribute(
      call.int("output_dtype", default: 0), "output_dtype")
    if let zeroPoint, let wanted, zeroPoint != wanted {
      throw Shapes.mismatch("output_dtype is \(wanted), the zero point's type \(zeroPoint)")
    }
    return zeroPoint ?? wanted ?? .uint8
  }

  func infer(
    _ call: OperatorCall, _ inputs: [TensorFact?]
  ) throws(EngineError) -> [TensorFact] {
    let input: TensorFact = try inputs.required(0, "x")
    let scale: TensorFact = try inputs.required(1, "y_scale")
    let zeroPoint = inputs.optional(2)
    if let shape = input.shape, let scaleShape = scale.shape {
      _ = try QuantizationScales(
        call, shape: shape, scale: scaleShape, zeroPoint: zeroPoint?.shape)
    }
    return [TensorFact(try outputType(call, zeroPoint: zeroPoint?.type), input.shape)]
  }

  func run(_ call: OperatorCall, _ inputs: [Tensor?]) throws(EngineError) -> [Tensor] {
    let input: Tensor = try inputs.required(0, "x")
    let scale: Tensor = try inputs.required(1, "y_scale")
    let zeroPoint = inputs.optional(2)
    let type = try outputType(call, zeroPoint: zeroPoint?.type)
    let coding = try QuantizedCoding(type, saturates: call.int("saturate", default: 1) != 0)
    let scales = try QuantizationScales(
      call, shape: input.shape, scale: scale.shape, zeroPoint: zeroPoint?.shape)
    let factors = try scale.realValues("y_scale").map { Float($0) }
    let precision =
      try ElementType.fromAttribute(call.int("precision", default: 0), "precision") ?? scale.type
    let quotients = input.floats.enumerated().map { index, value in
      precision.rounding(value / factors[scales.index(of: index)])
    }
    let points = type.isInteger ? zeroPoint?.integers : nil
    return [
      try coding.encode(shape: input.shape, quotients: quotients) { index in
        points?[scales.index(of: index)] ?? 0
      }
    ]
  }
}

extension ElementType {
  /// A value rounded to the precision of a 16-bit float type; other types leave it as it is.
  func rounding(_ value: Float) -> Float {
    switch self {
    case .float16: Float(Float16(value))
    case .bfloat16: BFloat16(value).float
    default: value
    }
  }
}
