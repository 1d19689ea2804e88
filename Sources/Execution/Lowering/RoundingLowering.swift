import NetworkGraph
import Operators
import Tensors

/// Lowers a `QuantizeLinear` or `DynamicQuantizeLinear` together with the `DequantizeLinear` behind it:
/// one pass over the floats, which stay floats in whatever layout they are in.
@Sendable
func lowerRounding(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let input = request.input(0)
  // Alone, a quantizing node gives codes: its reference kernel does that.
  guard request.output != request.node.outputs.first, let shape = builder.floatShape(input),
    builder.floatShape(request.output) != nil, !builder.isConstant(input)
  else { return false }
  if request.node.op == "DynamicQuantizeLinear" {
    try emitRounding(builder, nil, from: input, as: try builder.dense(shape), to: request.output)
    return true
  }
  guard let scale = try builder.bakedConstant(request.input(1)), scale.type == .float32,
    scale.count == 1, request.node.int("precision") ?? 0 == 0
  else { return false }
  var zeroPoint = 0
  var type = ElementType.uint8
  if !request.input(2).isEmpty {
    guard let tensor = try builder.bakedConstant(request.input(2)), tensor.count == 1 else {
      return false
    }
    (zeroPoint, type) = (tensor.integers.first ?? 0, tensor.type)
  } else if request.node.int("output_dtype") ?? 0 != 0 {
    return false
  }
  guard let codes = type.integerRange, codes.count <= 1 << 16 else { return false }
  let rounding = LinearRounding(
    scale: scale.floats[0], lowest: Float(codes.lowerBound - zeroPoint),
    highest: Float(codes.upperBound - zeroPoint))
  try emitRounding(
    builder, rounding, from: input, as: try builder.layout(of: input), to: request.output)
  return true
}

/// Samples whose dynamic ranges are found one by one in a value of this shape: its rows belong to the
/// batch in equal parts.
private func samplesApart(_ shape: [Int], _ builder: ScheduleBuilder) -> Int {
  guard builder.options.roundsSamplesApart, let rows = shape.first else { return 1 }
  var batches: Set<Int> = []
  for input in builder.graph.runtimeInputs {
    if case .fixed(let length)? = input.shape?.first, length > 1 { return 1 }
    batches.insert(builder.facts[input.name]?.shape?.first ?? 1)
  }
  guard batches.count == 1, let batch = batches.first, batch > 0, rows % batch == 0 else {
    return 1
  }
  return batch
}

private func emitRounding(
  _ builder: ScheduleBuilder, _ rounding: LinearRounding?, from input: String,
  as layout: DataLayout, to output: String
) throws {
  guard let shape = builder.floatShape(input) else { return }
  let source = try builder.source(input, as: layout)
  let slot = builder.define(output, shape: shape, layout: layout.isPlain ? nil : layout)
  builder.emit(
    RoundingStep(
      source: source, result: slot, shape: shape, layout: layout.isPlain ? nil : layout,
      byteCount: layout.byteCount, rounding: rounding,
      parts: rounding == nil ? samplesApart(shape, builder) : 1))
}
