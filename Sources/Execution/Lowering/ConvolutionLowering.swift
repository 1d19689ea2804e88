import COneDNN
import NetworkGraph

/// Lowers `Conv`: source, weights and result in the layouts oneDNN likes best, the bias inside.
@Sendable
func lowerConvolution(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let x = request.input(0)
  let w = request.folding?.foldedWeights ?? request.input(1)
  let b = request.folding?.foldedBias ?? request.input(2)
  guard let source = builder.floatShape(x), let kernel = builder.floatShape(request.input(1)),
    let target = builder.floatShape(request.output), (3...5).contains(source.count),
    kernel.count == source.count, target.count == source.count,
    let geometry = KernelGeometry(
      request.node, kernel: Array(kernel.dropFirst(2)), input: Array(source.dropFirst(2)),
      output: Array(target.dropFirst(2)))
  else { return false }
  let groups = request.node.int("group") ?? 1
  guard groups > 0, kernel[0] % groups == 0, kernel[1] * groups == source[1] else { return false }
  let weights = groups == 1 ? kernel : [groups, kernel[0] / groups] + kernel.dropFirst()
  let weightsAny = try builder.any(weights)
  let targetAny = try DataLayout.any(target, builder.resultFormat(request.output))
  let bias = b.isEmpty ? nil : try DataLayout.plain([kernel[0]])
  let ops = request.cPostOps
  func make(
    _ layout: DataLayout, winograd: Bool = false, to targetAny: DataLayout = targetAny
  ) throws(OneDNNError) -> Primitive {
    try Primitive {
      cdnn_convolution(
        &$0, winograd ? 1 : 0, layout.handle, weightsAny.handle, bias?.handle, targetAny.handle,
        geometry.strides.int64, geometry.skips, geometry.padsBegin.int64, geometry.padsEnd.int64,
        ops, Int32(ops.count))
    }
  }
  let sourceAny = try builder.any(source)
  let own = try builder.layout(of: x)
  var primitive: Primitive
  if groups == 1, builder.isConstant(w), builder.format == .float32, builder.options.usesWinograd,
    geometry.isWinograd(channels: min(kernel[0], kernel[1]), target: target),
    let winograd = try? make(sourceAny, winograd: true)
  {
    // Its own sum is slower than a pass over both values.
    if request.residual != nil { return false }
    primitive = winograd
  } else if groups == 1, source[1] <= 4, own.isDense,
    let blocked = try? DataLayout.blocked(target, builder.resultFormat(request.output)),
    let first = try? make(own, to: blocked), first.implementation.hasPrefix("jit")
  {
    // Images of few channels are read as they are; the result is in the layout that Winograd's
    // algorithm and the fastest depthwise convolutions share.
    primitive = first
  } else {
    primitive = try make(sourceAny)
    // Saves a copy where oneDNN is as fast in the layout that the input has.
    if !own.isDense, try primitive.layout(CDNN_ARG_SRC) != own {
      let format = builder.resultFormat(request.output)
      if let blocked = try? DataLayout.blocked(source, builder.format), blocked == own,
        let same = try? make(own, to: DataLayout.blocked(target, format)),
        same.implementation.hasPrefix("jit")
      {
        primitive = same
      } else if let adapted = try? make(own), adapted.implementation.hasPrefix("jit") {
        primitive = adapted
      }
    }
  }
  try emitWeighted(
    builder, primitive, x, (w, try DataLayout.plain(weights)), bias.map { (b, $0) },
    to: request.output, shape: target, adding: request.residual)
  return true
}

/// Lowers `ConvTranspose`; its weights lie with input channels first.
@Sendable
func lowerDeconvolution(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let (x, w, b) = (request.input(0), request.input(1), request.input(2))
  let padding = request.node.string("auto_pad") ?? "NOTSET"
  guard let source = builder.floatShape(x), let kernel = builder.floatShape(w),
    let target = builder.floatShape(request.output), (3...5).contains(source.count),
    kernel.count == source.count, target.count == source.count,
    padding == "NOTSET" || padding == "VALID", request.node.ints("output_shape") == nil,
    // Seen backwards, a transposed convolution is a convolution from target to source.
    var geometry = KernelGeometry(
      request.node, kernel: Array(kernel.dropFirst(2)), input: Array(target.dropFirst(2)),
      output: Array(source.dropFirst(2)))
  else { return false }
  let groups = request.node.int("group") ?? 1
  guard groups > 0, kernel[0] == source[1], kernel[0] % groups == 0 else { return false }
  for axis in geometry.kernel.indices {
    // Output padding makes the end pad smaller.
    geometry.padsEnd[axis] =
      geometry.neededPadding(axis, input: target[axis + 2], output: source[axis + 2])
      - geometry.padsBegin[axis]
  }
  let (inputs, outputs) = (kernel[0] / groups, kernel[1])
  let taps = geometry.kernel
  let tapStrides = rowMajorStrides(taps)
  let size = taps.reduce(1, *)
  var weights = [outputs, inputs] + taps
  var strides = [size, outputs * size] + tapStrides
  if groups > 1 {
    weights.insert(groups, at: 0)
    strides.insert(inputs * outputs * size, at: 0)
  }
  let (sourceAny, weightsAny) = (try builder.any(source), try builder.any(weights))
  let targetAny = try DataLayout.any(target, builder.resultFormat(request.output))
  let bias = b.isEmpty ? nil : try DataLayout.plain([outputs * groups])
  let ops = request.cPostOps
  let primitive = try Primitive {
    cdnn_deconvolution(
      &$0, sourceAny.handle, weightsAny.handle, bias?.handle, targetAny.handle,
      geometry.strides.int64, geometry.skips, geometry.padsBegin.int64, geometry.padsEnd.int64, ops,
      Int32(ops.count))
  }
  try emitWeighted(
    builder, primitive, x, (w, try DataLayout.plain(weights, strides: strides)),
    bias.map { (b, $0) }, to: request.output, shape: target)
  return true
}

/// Adds a primitive with source, weights and optional bias, each in the layout that it wants.
func emitWeighted(
  _ builder: ScheduleBuilder, _ primitive: Primitive, _ source: String,
  _ weights: (name: String, view: DataLayout), _ bias: (name: String, layout: DataLayout)?,
  to output: String, shape: [Int], adding residual: String? = nil
) throws {
  let sourceLayout = try primitive.layout(CDNN_ARG_SRC)
  let weightsLayout = try primitive.layout(CDNN_ARG_WEIGHTS)
  var inputs: [PrimitiveStep.Input] = [
    .init(
      argument: CDNN_ARG_SRC, source: try builder.source(source, as: sourceLayout),
      layout: sourceLayout),
    .init(
      argument: CDNN_ARG_WEIGHTS,
      source: try builder.source(weights.name, view: weights.view, as: weightsLayout),
      layout: weightsLayout),
  ]
  if let bias {
    inputs.append(
      .init(
        argument: CDNN_ARG_BIAS,
        source: try builder.source(bias.name, view: bias.layout, as: bias.layout),
        layout: bias.layout))
  }
  try builder.emit(primitive, inputs, to: output, shape: shape, adding: residual)
}
