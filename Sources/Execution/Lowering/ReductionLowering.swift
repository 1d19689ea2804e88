import COneDNN
import NetworkGraph

/// Lowers sums and means over neighbouring axes.
///
/// Maxima are left to the reference kernels: oneDNN's start at the lowest finite number.
@Sendable
func lowerReduction(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let function = request.node.op == "ReduceMean" ? CDNN_REDUCE_MEAN : CDNN_REDUCE_SUM
  guard let shape = builder.floatShape(request.input(0)), !shape.isEmpty,
    let target = builder.floatShape(request.output), let axes = try reducedAxes(builder, request),
    let first = axes.first, let last = axes.last, last - first == axes.count - 1
  else { return false }
  let outer = shape[..<first].reduce(1, *)
  let length = shape[first...last].reduce(1, *)
  let inner = shape[(last + 1)...].reduce(1, *)
  // The reduced axis goes last, where oneDNN is fast.
  let rows = try DataLayout.plain([outer, inner, length])
  let view =
    inner == 1
    ? rows
    : try DataLayout.plain([outer, inner, length], strides: [length * inner, 1, inner])
  let result = try DataLayout.plain([outer, inner, 1])
  let primitive = try Primitive {
    cdnn_reduction(&$0, Int32(function), rows.handle, result.handle)
  }
  if primitive.isSlow { return false }
  let source = try builder.source(request.input(0), view: view, as: rows)
  try builder.emit(
    primitive, [.init(argument: CDNN_ARG_SRC, source: source, layout: rows)], to: request.output,
    shape: target, as: result)
  return true
}

/// The axes, ascending; nil when they are not known or there are none.
private func reducedAxes(
  _ builder: ScheduleBuilder, _ request: LoweringRequest
) throws -> [Int]? {
  guard let rank = builder.floatShape(request.input(0))?.count else { return nil }
  var axes = request.node.ints("axes")
  if !request.input(1).isEmpty {
    guard let given = try builder.bakedConstant(request.input(1)) else { return nil }
    axes = given.integers
  }
  guard let axes, !axes.isEmpty else {
    return (request.node.int("noop_with_empty_axes") ?? 0) != 0 ? nil : Array(0..<rank)
  }
  let positive = Set(axes.map { $0 < 0 ? $0 + rank : $0 }).sorted()
  return positive.allSatisfy { (0..<rank).contains($0) } ? positive : nil
}
