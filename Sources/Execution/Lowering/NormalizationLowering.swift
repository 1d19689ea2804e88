import COneDNN
import NetworkGraph

/// Lowers `BatchNormalization` with given statistics, in the layout of its input.
@Sendable
func lowerBatchNormalization(
  _ builder: ScheduleBuilder, _ request: LoweringRequest
) throws -> Bool {
  let node = request.node
  guard let shape = builder.floatShape(request.input(0)), shape.count >= 2,
    (node.int("training_mode") ?? 0) == 0,
    node.outputs.dropFirst().allSatisfy({ $0.isEmpty }),
    (1...4).allSatisfy({ builder.floatShape(request.input($0)) == [shape[1]] })
  else { return false }
  let source = try builder.layout(of: request.input(0))
  let primitive = try Primitive {
    cdnn_batch_normalization(
      &$0, source.handle, node.float("epsilon") ?? 1e-5, request.postOps.isEmpty ? 0 : 1)
  }
  let channel = try DataLayout.plain([shape[1]])
  var inputs: [PrimitiveStep.Input] = [
    .init(
      argument: CDNN_ARG_SRC, source: try builder.source(request.input(0), as: source),
      layout: source)
  ]
  let parameters = [CDNN_ARG_SCALE, CDNN_ARG_SHIFT, CDNN_ARG_MEAN, CDNN_ARG_VARIANCE]
  for (index, argument) in parameters.enumerated() {
    inputs.append(
      .init(
        argument: argument,
        source: try builder.source(request.input(index + 1), view: channel, as: channel),
        layout: channel))
  }
  try builder.emit(primitive, inputs, to: request.output, shape: shape, overwriting: true)
  return true
}

/// Lowers `LayerNormalization` over the last axes, which are seen as one.
@Sendable
func lowerLayerNormalization(
  _ builder: ScheduleBuilder, _ request: LoweringRequest
) throws -> Bool {
  let node = request.node
  guard let shape = builder.floatShape(request.input(0)), !shape.isEmpty,
    node.outputs.dropFirst().allSatisfy({ $0.isEmpty })
  else { return false }
  let axis = node.int("axis") ?? -1
  let start = axis < 0 ? axis + shape.count : axis
  guard shape.indices.contains(start) else { return false }
  let length = shape[start...].reduce(1, *)
  let (scale, shift) = (request.input(1), request.input(2))
  let parameters = [(CDNN_ARG_SCALE, scale), (CDNN_ARG_SHIFT, shift)].filter { !$0.1.isEmpty }
  guard
    parameters.allSatisfy({ builder.floatShape($0.1) == Array(shape[start...]) })
  else { return false }
  let view = try builder.dense([shape[..<start].reduce(1, *), length])
  let primitive = try Primitive {
    cdnn_layer_normalization(
      &$0, view.handle, node.float("epsilon") ?? 1e-5, scale.isEmpty ? 0 : 1,
      shift.isEmpty ? 0 : 1)
  }
  var inputs: [PrimitiveStep.Input] = [
    .init(
      argument: CDNN_ARG_SRC, source: try builder.source(request.input(0), view: view, as: view),
      layout: view)
  ]
  let vector = try DataLayout.plain([length])
  for (argument, name) in parameters {
    inputs.append(
      .init(
        argument: argument, source: try builder.source(name, view: vector, as: vector),
        layout: vector))
  }
  try builder.emit(
    primitive, inputs, to: request.output, shape: shape, as: view, overwriting: true)
  return true
}

/// Lowers `LRN`.
@Sendable
func lowerLRN(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let node = request.node
  guard let shape = builder.floatShape(request.input(0)), shape.count == 4,
    let size = node.int("size"), size % 2 == 1
  else { return false }
  let source = try builder.layout(of: request.input(0))
  let primitive = try Primitive {
    cdnn_lrn(
      &$0, source.handle, Int64(size), node.float("alpha") ?? 0.0001, node.float("beta") ?? 0.75,
      node.float("bias") ?? 1)
  }
  let input = try builder.source(request.input(0), as: source)
  try builder.emit(
    primitive, [.init(argument: CDNN_ARG_SRC, source: input, layout: source)], to: request.output,
    shape: shape)
  return true
}

/// Lowers `Softmax` and `LogSoftmax`; before opset 13 they worked on all axes from the given one on.
@Sendable
func lowerSoftmax(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  guard let shape = builder.floatShape(request.input(0)), !shape.isEmpty else { return false }
  let axis = request.node.int("axis") ?? (request.opset < 13 ? 1 : -1)
  let start = axis < 0 ? axis + shape.count : axis
  guard shape.indices.contains(start) else { return false }
  let outer = shape[..<start].reduce(1, *)
  let last = request.opset < 13 ? shape.count : start + 1
  let length = shape[start..<last].reduce(1, *)
  let inner = shape[last...].reduce(1, *)
  let view = try builder.dense(inner == 1 ? [outer, length] : [outer, length, inner])
  let primitive = try Primitive {
    cdnn_softmax(&$0, view.handle, 1, request.node.op == "LogSoftmax" ? 1 : 0)
  }
  let input = try builder.source(request.input(0), view: view, as: view)
  try builder.emit(
    primitive, [.init(argument: CDNN_ARG_SRC, source: input, layout: view)], to: request.output,
    shape: shape, as: view, overwriting: true)
  return true
}
