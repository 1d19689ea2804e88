import COneDNN
import NetworkGraph

/// Lowers `MaxPool` and `AveragePool` in the layout of their input.
@Sendable
func lowerPooling(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let node = request.node
  guard let source = builder.floatShape(request.input(0)),
    let target = builder.floatShape(request.output), (3...5).contains(source.count),
    node.outputs.count == 1 || node.outputs[1].isEmpty, let kernel = node.ints("kernel_shape"),
    var geometry = KernelGeometry(
      node, kernel: kernel, input: Array(source.dropFirst(2)), output: Array(target.dropFirst(2)))
  else { return false }
  var isPaddedFurther = false
  if (node.int("ceil_mode") ?? 0) != 0 {
    for axis in kernel.indices {
      let needed =
        geometry.neededPadding(axis, input: source[axis + 2], output: target[axis + 2])
        - geometry.padsBegin[axis]
      if needed > geometry.padsEnd[axis] {
        geometry.padsEnd[axis] = needed
        isPaddedFurther = true
      }
    }
  }
  var algorithm = CDNN_POOL_MAX
  if node.op == "AveragePool" {
    let includesPads = (node.int("count_include_pad") ?? 0) != 0
    // Rounding up reaches beyond the pads; those elements never count.
    if includesPads && isPaddedFurther { return false }
    algorithm =
      includesPads ? CDNN_POOL_AVERAGE_INCLUDE_PADDING : CDNN_POOL_AVERAGE_EXCLUDE_PADDING
  }
  try emitPooling(builder, request, algorithm, geometry, target)
  return true
}

/// Lowers `GlobalAveragePool` and `GlobalMaxPool`: the kernel is the whole plane.
@Sendable
func lowerGlobalPooling(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard let source = builder.floatShape(request.input(0)),
    let target = builder.floatShape(request.output), (3...5).contains(source.count),
    let geometry = KernelGeometry(
      Node(op: request.node.op, inputs: [], outputs: []), kernel: Array(source.dropFirst(2)),
      input: Array(source.dropFirst(2)), output: Array(target.dropFirst(2)))
  else { return false }
  let isMax = request.node.op == "GlobalMaxPool"
  try emitPooling(
    builder, request, isMax ? CDNN_POOL_MAX : CDNN_POOL_AVERAGE_EXCLUDE_PADDING, geometry, target)
  return true
}

private func emitPooling(
  _ builder: ScheduleBuilder, _ request: LoweringRequest, _ algorithm: Int,
  _ geometry: KernelGeometry, _ target: [Int]
) throws {
  let source = try builder.layout(of: request.input(0))
  let any = try builder.any(target)
  let primitive = try Primitive {
    cdnn_pooling(
      &$0, Int32(algorithm), source.handle, any.handle, geometry.kernel.int64,
      geometry.strides.int64, geometry.skips, geometry.padsBegin.int64, geometry.padsEnd.int64)
  }
  let input = try builder.source(request.input(0), as: source)
  try builder.emit(
    primitive, [.init(argument: CDNN_ARG_SRC, source: input, layout: source)], to: request.output,
    shape: target)
}
