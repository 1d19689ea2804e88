import COneDNN
import NetworkGraph

/// Lowers `Resize` and `Upsample` where oneDNN's resampling means the same: nearest by whole factors,
/// and linear between half pixels.
@Sendable
func lowerResize(_ builder: ScheduleBuilder, _ request: LoweringRequest) throws -> Bool {
  let node = request.node
  guard let source = builder.floatShape(request.input(0)),
    let target = builder.floatShape(request.output), (3...5).contains(source.count),
    target.count == source.count, target[0] == source[0], target[1] == source[1],
    (node.int("antialias") ?? 0) == 0, node.ints("axes") == nil,
    try scalesFit(builder, request, source, target)
  else { return false }
  let isUpsample = node.op == "Upsample" || request.opset < 11
  let coordinates =
    isUpsample ? "asymmetric" : node.string("coordinate_transformation_mode") ?? "half_pixel"
  let isHalfPixel = ["half_pixel", "half_pixel_symmetric"].contains(coordinates)
  let algorithm: Int
  switch node.string("mode") ?? "nearest" {
  case "nearest":
    let rounding =
      isUpsample ? "floor" : node.string("nearest_mode") ?? "round_prefer_floor"
    let isWhole = zip(source, target).allSatisfy { $1 % $0 == 0 }
    let fits =
      (coordinates == "asymmetric" && rounding == "floor")
      || (isHalfPixel && rounding.hasPrefix("round_prefer"))
    guard isWhole, fits else { return false }
    algorithm = CDNN_RESAMPLE_NEAREST
  case "linear":
    let isPyTorch =
      coordinates == "pytorch_half_pixel" && target.dropFirst(2).allSatisfy { $0 > 1 }
    guard isHalfPixel || isPyTorch else { return false }
    algorithm = CDNN_RESAMPLE_LINEAR
  default: return false
  }
  let layout = try builder.layout(of: request.input(0))
  let any = try builder.any(target)
  let primitive = try Primitive {
    cdnn_resampling(&$0, Int32(algorithm), layout.handle, any.handle)
  }
  let input = try builder.source(request.input(0), as: layout)
  try builder.emit(
    primitive, [.init(argument: CDNN_ARG_SRC, source: input, layout: layout)],
    to: request.output, shape: target)
  return true
}

/// Whether given scales are exactly the ratio of the lengths, as oneDNN takes them to be.
private func scalesFit(
  _ builder: ScheduleBuilder, _ request: LoweringRequest, _ source: [Int], _ target: [Int]
) throws -> Bool {
  var scales = request.node.floats("scales")
  let index = request.node.op == "Upsample" || request.opset < 11 ? 1 : 2
  if !request.input(index).isEmpty {
    guard let given = try builder.bakedConstant(request.input(index)) else { return false }
    if given.count > 0 { scales = given.floats }
  }
  guard let scales else {
    return (request.node.string("keep_aspect_ratio_policy") ?? "stretch") == "stretch"
  }
  return scales.count == source.count
    && scales.indices.allSatisfy { Float(source[$0]) * scales[$0] == Float(target[$0]) }
}
