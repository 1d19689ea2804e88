import NetworkGraph
import Tensors

/// The attributes of Resize, with the meaning of older versions and of Upsample filled in.
struct ResizeOptions {
  enum Mode: String {
    case nearest, linear, cubic
  }

  /// How positions of the result map to positions of the input.
  enum Coordinates: String {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case halfPixelForNearest = "tf_half_pixel_for_nn"
    case cropAndResize = "tf_crop_and_resize"
  }

  /// Which neighbour is the nearest; `simple` is that of the versions before opset 11.
  enum Nearest: String {
    case roundPreferFloor = "round_prefer_floor"
    case roundPreferCeil = "round_prefer_ceil"
    case floor, ceil
    case simple
  }

  enum AspectRatio: String {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  var mode = Mode.nearest
  var coordinates = Coordinates.asymmetric
  var nearest = Nearest.simple
  var aspectRatio = AspectRatio.stretch
  var cubicCoefficient = -0.75
  var excludesOutside = false
  var antialiases = false
  var extrapolationValue: Float = 0
  var axes: [Int]?

  init(_ call: OperatorCall) throws(EngineError) {
    mode = try Self.choice(call, "mode", .nearest)
    guard call.node.op == "Resize", call.opset >= 11 else { return }
    coordinates = try Self.choice(call, "coordinate_transformation_mode", .halfPixel)
    nearest = try Self.choice(call, "nearest_mode", .roundPreferFloor)
    cubicCoefficient = Double(call.float("cubic_coeff_a", default: -0.75))
    excludesOutside = call.int("exclude_outside", default: 0) != 0
    extrapolationValue = call.float("extrapolation_value", default: 0)
    guard call.opset >= 18 else { return }
    antialiases = call.int("antialias", default: 0) != 0
    aspectRatio = try Self.choice(call, "keep_aspect_ratio_policy", .stretch)
    axes = call.node.ints("axes")
  }

  private static func choice<Choice: RawRepresentable<String>>(
    _ call: OperatorCall, _ name: String, _ standard: Choice
  ) throws(EngineError) -> Choice {
    guard let text = call.node.string(name) else { return standard }
    // Upsample's oldest models say "bilinear".
    guard let value = Choice(rawValue: text == "bilinear" ? "linear" : text) else {
      throw Shapes.unsupported("attribute '\(name)' is '\(text)'")
    }
    return value
  }
}
