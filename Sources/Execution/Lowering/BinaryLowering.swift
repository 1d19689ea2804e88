import COneDNN
import NetworkGraph

private let functions: [String: Int] = [
  "Add": CDNN_ADD, "Sum": CDNN_ADD, "Sub": CDNN_SUB, "Mul": CDNN_MUL, "Div": CDNN_DIV,
  "Max": CDNN_MAX, "Min": CDNN_MIN,
]

/// Lowers `Add`, `Sub`, `Mul`, `Div`, and `Max`, `Min`, `Sum` of any number of inputs.
///
/// The result is always fresh memory: a checkpoint may hold the operands.
@Sendable
func lowerBinary(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard let function = functions[request.node.op], let shape = builder.floatShape(request.output),
    request.node.inputs.allSatisfy({ builder.floatShape($0) != nil })
  else { return false }
  var names = request.node.inputs
  guard names.count >= 2 else { return false }
  var left = names.removeFirst()
  while names.count > 1 {
    // Partial results have the full shape only if their operands have.
    let right = names.removeFirst()
    guard builder.floatShape(left) == shape || builder.floatShape(right) == shape else {
      return false
    }
    let partial = builder.temporaryName()
    guard try emitBinary(builder, function, left, right, shape, partial, []) else { return false }
    left = partial
  }
  return try emitBinary(builder, function, left, names[0], shape, request.output, request.postOps)
}

private func emitBinary(
  _ builder: ScheduleBuilder, _ function: Int, _ a: String, _ b: String, _ shape: [Int],
  _ output: String, _ ops: [PostOp]
) throws -> Bool {
  let (aIsFull, bIsFull) = (builder.floatShape(a) == shape, builder.floatShape(b) == shape)
  if aIsFull && bIsFull {
    // The layout of a computed value wins over a plain one.
    let (first, second) = (try builder.layout(of: a), try builder.layout(of: b))
    let common = first.isDense ? second : first
    return try emitBinary(
      builder, function, (a, nil, common), (b, nil, common), shape, output, ops)
  }
  if aIsFull {
    let padded = try broadcastView(builder, b, rank: shape.count)
    let own = try builder.layout(of: a)
    if try emitBinary(
      builder, function, (a, nil, own), (b, padded, padded), shape, output, ops)
    {
      return true
    }
    let plain = try builder.dense(shape)
    return try !own.isDense
      && emitBinary(
        builder, function, (a, nil, plain), (b, padded, padded), shape, output, ops)
  }
  guard bIsFull else { return false }
  // oneDNN repeats the second operand only.
  switch function {
  case CDNN_SUB:
    let negated = builder.temporaryName()
    try emitFunctions(
      [PostOp(function: CDNN_LINEAR, alpha: -1)], from: b, to: negated, builder)
    return try emitBinary(builder, CDNN_ADD, negated, a, shape, output, ops)
  case CDNN_DIV:
    let inverse = builder.temporaryName()
    try emitFunctions(
      [PostOp(function: CDNN_POW, alpha: 1, beta: -1)], from: b, to: inverse, builder)
    return try emitBinary(builder, CDNN_MUL, inverse, a, shape, output, ops)
  default: return try emitBinary(builder, function, b, a, shape, output, ops)
  }
}

/// A smaller operand with as many axes as the result.
private func broadcastView(
  _ builder: ScheduleBuilder, _ name: String, rank: Int
) throws -> DataLayout {
  let shape = builder.floatShape(name) ?? []
  return try builder.dense(Array(repeating: 1, count: max(rank - shape.count, 0)) + shape)
}

private typealias Operand = (name: String, view: DataLayout?, layout: DataLayout)

/// Adds the primitive unless oneDNN has only a slow one.
private func emitBinary(
  _ builder: ScheduleBuilder, _ function: Int, _ a: Operand, _ b: Operand, _ shape: [Int],
  _ output: String, _ ops: [PostOp]
) throws -> Bool {
  // Behind a sum in a layout with padded channels oneDNN 2.6 applies a function wrongly to the last block.
  let isPadded = a.layout.byteCount > shape.reduce(a.layout.format.byteSize, *)
  let fused = isPadded ? [] : ops.map(\.c)
  let primitive = try Primitive {
    cdnn_binary(
      &$0, Int32(function), a.layout.handle, b.layout.handle, a.layout.handle, fused,
      Int32(fused.count))
  }
  if primitive.isSlow { return false }
  let isApart = isPadded && !ops.isEmpty
  let target = isApart ? builder.temporaryName() : output
  try builder.emit(
    primitive,
    [
      .init(
        argument: CDNN_ARG_SRC, source: try builder.source(a.name, view: a.view, as: a.layout),
        layout: a.layout),
      .init(
        argument: CDNN_ARG_SRC_1, source: try builder.source(b.name, view: b.view, as: b.layout),
        layout: b.layout),
    ], to: target, shape: shape, as: a.layout, overwriting: true)
  if isApart { try emitFunctions(ops, from: target, to: output, builder) }
  return true
}

/// Lowers `PRelu`; its slope is repeated like a second operand.
@Sendable
func lowerPRelu(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard let shape = builder.floatShape(request.input(0)),
    let slope = builder.floatShape(request.input(1)), slope.count <= shape.count,
    builder.graph.opset >= 7
  else { return false }
  let view = try broadcastView(builder, request.input(1), rank: shape.count)
  let source = try builder.layout(of: request.input(0))
  let primitive = try Primitive { cdnn_prelu(&$0, source.handle, view.handle) }
  if primitive.isSlow { return false }
  try builder.emit(
    primitive,
    [
      .init(
        argument: CDNN_ARG_SRC, source: try builder.source(request.input(0), as: source),
        layout: source),
      .init(
        argument: CDNN_ARG_WEIGHTS,
        source: try builder.source(request.input(1), view: view, as: view), layout: view),
    ], to: request.output, shape: shape)
  return true
}
