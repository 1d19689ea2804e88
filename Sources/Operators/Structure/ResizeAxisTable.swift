import Foundation

/// For each position along a resized axis, the input's positions that it mixes, and their weights.
struct ResizeAxisTable {
  /// Input positions mixed for one position.
  private(set) var taps = 1
  /// Input positions, `taps` for each position of the result.
  private(set) var sources: [Int] = []
  /// Weights, likewise.
  private(set) var weights: [Double] = []
  /// Where the extrapolation value is taken instead.
  private(set) var isOutside: [Bool] = []

  /// Makes the table of one axis.
  init(_ axis: ResizePlan.Axis, options: ResizeOptions) {
    for index in 0..<axis.resized {
      let position = Self.position(index, axis, options.coordinates)
      isOutside.append(
        options.coordinates == .cropAndResize
          && (position < 0 || position > Float(axis.length - 1)))
      if options.mode == .nearest {
        let nearest = Self.nearest(position, options.nearest, isReduced: axis.scale < 1)
        sources.append(min(max(nearest, 0), axis.length - 1))
      } else {
        append(position, axis, options)
      }
    }
  }

  /// The positions of nearest neighbours, negative where extrapolated.
  var nearestSources: [Int] { zip(sources, isOutside).map { $1 ? -1 : $0 } }

  /// Where a position of the result lies in the input.
  ///
  /// Calculated in `Float`, as inference engines do: which neighbour is nearest depends on it.
  private static func position(
    _ index: Int, _ axis: ResizePlan.Axis, _ coordinates: ResizeOptions.Coordinates
  ) -> Float {
    let x = Float(index)
    let last = Float(axis.length - 1)
    let halfPixel = (x + 0.5) / axis.scale - 0.5
    switch coordinates {
    case .asymmetric: return x / axis.scale
    case .halfPixel: return halfPixel
    case .pytorchHalfPixel: return axis.exactLength == 1 ? -0.5 : halfPixel
    case .halfPixelForNearest: return (x + 0.5) / axis.scale
    case .halfPixelSymmetric:
      let adjustment = Float(axis.resized) / axis.exactLength
      return Float(axis.length) / 2 * (1 - adjustment) + halfPixel
    case .alignCorners:
      return axis.exactLength == 1 ? 0 : x * last / (axis.exactLength - 1)
    case .cropAndResize:
      let (start, end) = axis.crop
      if axis.exactLength == 1 { return start * last + (end - start) * last / 2 }
      return start * last + x * (end - start) * last / (axis.exactLength - 1)
    }
  }

  private static func nearest(
    _ position: Float, _ mode: ResizeOptions.Nearest, isReduced: Bool
  ) -> Int {
    let rounded: Float =
      switch mode {
      case .floor: position.rounded(.down)
      case .ceil: position.rounded(.up)
      case .roundPreferFloor: (position - 0.5).rounded(.up)
      case .roundPreferCeil: (position + 0.5).rounded(.down)
      case .simple: isReduced ? position.rounded(.up) : position.rounded(.down)
      }
    return limited(rounded)
  }

  /// The integer, or one far enough outside for a crop that is out of all bounds.
  private static func limited(_ value: Float) -> Int {
    Int(min(max(value.isNaN ? 0 : value, -1e9), 1e10))
  }

  private mutating func append(
    _ position: Float, _ axis: ResizePlan.Axis, _ options: ResizeOptions
  ) {
    let floor = Self.limited(position.rounded(.down))
    let ratio = position.isFinite ? Double(position - position.rounded(.down)) : 0
    let scale = options.antialiases ? min(Double(axis.scale), 1) : 1
    // How far the kernel reaches, in pixels of the input.
    let reach = options.mode == .linear ? 1.0 : 2.0
    // A scale near zero, which only a damaged file has, must not ask for endless taps.
    let span = scale > 0 ? min((reach / scale).rounded(.up), 65_536) : 65_536
    let first = 1 - Int(span)
    taps = 2 - 2 * first
    var row = (first...(1 - first)).map { offset in
      let distance = abs((Double(offset) - ratio) * scale)
      return options.mode == .linear
        ? max(0, 1 - distance) : Self.cubic(distance, options.cubicCoefficient)
    }
    for (index, offset) in (first...(1 - first)).enumerated() {
      let source = floor + offset
      if options.excludesOutside, source < 0 || source >= axis.length { row[index] = 0 }
      sources.append(min(max(source, 0), axis.length - 1))
    }
    let total = row.reduce(0, +)
    let isNormalised = options.antialiases || options.excludesOutside
    weights += isNormalised && total != 0 ? row.map { $0 / total } : row
  }

  /// The cubic convolution kernel at a distance.
  private static func cubic(_ x: Double, _ a: Double) -> Double {
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0
  }
}
