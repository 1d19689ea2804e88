import COneDNN
import NetworkGraph
import Tensors

/// Lowers operators that only give a value another shape or name.
@Sendable
func lowerView(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let input = request.input(0)
  guard let source = builder.facts[input], let target = builder.facts[request.output],
    source.type == target.type, source.type != .string, let shape = target.shape,
    let from = source.shape, from.reduce(1, *) == shape.reduce(1, *)
  else { return false }
  if request.node.op == "Dropout" {
    // In training mode a dropout is none; the mask output is for training too.
    guard request.node.outputs.dropFirst().allSatisfy({ $0.isEmpty }) else { return false }
    if !request.input(2).isEmpty {
      guard let training = try builder.bakedConstant(request.input(2)),
        training.doubles.first == 0
      else { return false }
    }
  }
  let isBFloat16 = builder.isBFloat16(input)
  let dense =
    isBFloat16 ? try builder.denseSource(input, .bfloat16) : try builder.plainSource(input)
  let layout = isBFloat16 ? try DataLayout.plain(shape, .bfloat16) : nil
  let slot = builder.define(request.output, shape: shape, layout: layout)
  builder.emit(ViewStep(source: dense, result: slot, shape: shape, layout: layout))
  return true
}

/// Copies elements that strides select from a dense value into a fresh dense one.
private func emitCopy(
  _ builder: ScheduleBuilder, from input: String, strides: [Int], offset: Int, to output: String,
  shape: [Int]
) throws {
  let view = try builder.dense(shape, strides: shape.isEmpty ? nil : strides)
  let target = try builder.dense(shape)
  let primitive = try Primitive.reorder(view, target)
  try builder.emit(
    primitive,
    [
      .init(
        argument: 1, source: try builder.denseFloats(input), layout: view,
        byteOffset: offset * builder.format.byteSize)
    ], to: output, shape: shape, as: target)
}

/// Lowers `Transpose`.
@Sendable
func lowerTranspose(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard let shape = builder.floatShape(request.input(0)), !shape.isEmpty,
    let target = builder.floatShape(request.output)
  else { return false }
  let order = request.node.ints("perm") ?? shape.indices.reversed()
  guard order.sorted() == Array(shape.indices) else { return false }
  let strides = rowMajorStrides(shape)
  try emitCopy(
    builder, from: request.input(0), strides: order.map { strides[$0] }, offset: 0,
    to: request.output, shape: target)
  return true
}

/// Lowers `Slice` with known bounds and forward steps.
@Sendable
func lowerSlice(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard let shape = builder.floatShape(request.input(0)), !shape.isEmpty,
    let target = builder.floatShape(request.output), target.count == shape.count
  else { return false }
  func list(_ index: Int, _ attribute: String) throws -> [Int]? {
    if request.input(index).isEmpty { return request.node.ints(attribute) }
    return try builder.bakedConstant(request.input(index))?.integers
  }
  guard let starts = try list(1, "starts") else { return false }
  if !request.input(4).isEmpty, try list(4, "steps") == nil { return false }
  if !request.input(3).isEmpty, try list(3, "axes") == nil { return false }
  let axes = try list(3, "axes") ?? Array(starts.indices)
  let steps = try list(4, "steps") ?? Array(repeating: 1, count: starts.count)
  guard axes.count == starts.count, steps.count == starts.count else { return false }
  let strides = rowMajorStrides(shape)
  var selected = strides
  var offset = 0
  for (index, given) in axes.enumerated() {
    let axis = given < 0 ? given + shape.count : given
    guard shape.indices.contains(axis), steps[index] > 0 else { return false }
    let start = starts[index] < 0 ? starts[index] + shape[axis] : starts[index]
    let first = min(max(start, 0), shape[axis])
    guard first + (target[axis] - 1) * steps[index] < shape[axis] else { return false }
    offset += first * strides[axis]
    selected[axis] = strides[axis] * steps[index]
  }
  try emitCopy(
    builder, from: request.input(0), strides: selected, offset: offset, to: request.output,
    shape: target)
  return true
}

/// Lowers `Split`.
@Sendable
func lowerSplit(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard let shape = builder.floatShape(request.input(0)), !shape.isEmpty else { return false }
  let given = request.node.int("axis") ?? 0
  let axis = given < 0 ? given + shape.count : given
  guard shape.indices.contains(axis) else { return false }
  let strides = rowMajorStrides(shape)
  var start = 0
  for name in request.node.outputs {
    guard let part = builder.floatShape(name), part.count == shape.count else { return false }
    try emitCopy(
      builder, from: request.input(0), strides: strides, offset: start * strides[axis], to: name,
      shape: part)
    start += part[axis]
  }
  return start == shape[axis]
}

/// Lowers `Pad` with a constant.
@Sendable
func lowerPad(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let node = request.node
  guard let shape = builder.floatShape(request.input(0)), !shape.isEmpty,
    let target = builder.floatShape(request.output), target.count == shape.count,
    (node.string("mode") ?? "constant") == "constant"
  else { return false }
  var pads = node.ints("pads")
  var value = node.float("value") ?? 0
  if !request.input(1).isEmpty {
    pads = try builder.bakedConstant(request.input(1))?.integers
  }
  if !request.input(2).isEmpty {
    guard let given = try builder.bakedConstant(request.input(2))?.floats.first else {
      return false
    }
    value = given
  }
  var axes = Array(shape.indices)
  if !request.input(3).isEmpty {
    guard let given = try builder.bakedConstant(request.input(3)) else { return false }
    axes = given.integers.map { $0 < 0 ? $0 + shape.count : $0 }
  }
  guard let pads, pads.count == 2 * axes.count, pads.allSatisfy({ $0 >= 0 }),
    axes.allSatisfy({ shape.indices.contains($0) })
  else { return false }
  let strides = rowMajorStrides(target)
  let offset = axes.enumerated().reduce(0) { $0 + pads[$1.offset] * strides[$1.element] }
  let from = try builder.dense(shape)
  let into = try builder.dense(shape, strides: strides)
  let source = try builder.denseFloats(request.input(0))
  let layout = builder.format == .float32 ? nil : try builder.dense(target)
  let slot = builder.define(request.output, shape: target, layout: layout)
  builder.emit(
    PadStep(
      source: source, result: slot, shape: target, layout: layout, value: value,
      reorder: try Primitive.reorder(from, into), sourceLayout: from, targetLayout: into,
      offset: offset))
  return true
}

/// Lowers `Concat`: blocked values together if all are, plain ones otherwise.
@Sendable
func lowerConcat(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let names = request.node.inputs
  guard let shape = builder.floatShape(request.output), !shape.isEmpty,
    names.allSatisfy({ builder.floatShape($0)?.count == shape.count }),
    let given = request.node.int("axis")
  else { return false }
  let axis = given < 0 ? given + shape.count : given
  guard shape.indices.contains(axis) else { return false }
  let layouts = try names.map { try builder.layout(of: $0) }
  if layouts.allSatisfy({ !$0.isDense }) {
    let primitive = try concatenation(layouts, axis, try builder.any(shape))
    if !primitive.isSlow {
      try emitConcat(builder, primitive, names, layouts, to: request.output, shape: shape)
      return true
    }
  }
  let dense = try names.map { try builder.dense(builder.floatShape($0) ?? []) }
  let primitive = try concatenation(dense, axis, try builder.dense(shape))
  try emitConcat(builder, primitive, names, dense, to: request.output, shape: shape)
  return true
}

private func concatenation(
  _ sources: [DataLayout], _ axis: Int, _ target: DataLayout
) throws -> Primitive {
  let handles = sources.map { Optional($0.handle) }
  return try Primitive {
    cdnn_concat(&$0, Int32(axis), Int32(handles.count), handles, target.handle)
  }
}

private func emitConcat(
  _ builder: ScheduleBuilder, _ primitive: Primitive, _ names: [String], _ layouts: [DataLayout],
  to output: String, shape: [Int]
) throws {
  let inputs = try names.enumerated().map { index, name in
    PrimitiveStep.Input(
      argument: CDNN_ARG_MULTIPLE_SRC + index,
      source: try builder.source(name, as: layouts[index]), layout: layouts[index])
  }
  try builder.emit(primitive, inputs, to: output, shape: shape)
}
