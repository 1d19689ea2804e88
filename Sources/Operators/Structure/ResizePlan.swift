import Tensors

/// The lengths, scales and crops that a Resize comes to for one input shape.
struct ResizePlan {
  /// One axis: its lengths, the scale between them, and the relative crop.
  struct Axis {
    var length: Int
    var resized: Int
    var scale: Float
    /// `scale x length`, which need not be whole.
    var exactLength: Float
    var crop: (start: Float, end: Float) = (0, 1)

    /// Whether nothing changes along this axis.
    var isIdentity: Bool { length == resized && scale == 1 && crop == (0, 1) }
  }

  var axes: [Axis]

  /// Makes a plan from scales or sizes, one per axis of the options.
  init(
    options: ResizeOptions, shape: [Int], scales: [Float]?, sizes: [Int]?, crop: [Float]?
  ) throws(EngineError) {
    let chosen = try Shapes.axes(options.axes ?? Array(shape.indices), rank: shape.count)
    axes = shape.map { Axis(length: $0, resized: $0, scale: 1, exactLength: Float($0)) }
    guard (scales?.count ?? sizes?.count) == chosen.count else {
      throw Shapes.mismatch("Resize needs one scale or size for each of \(chosen.count) axes")
    }
    if let scales {
      try apply(scales: scales, to: chosen)
    } else if let sizes {
      try apply(sizes: sizes, to: chosen, options.aspectRatio)
    }
    if options.coordinates == .cropAndResize {
      guard let crop, crop.count == 2 * chosen.count else {
        throw Shapes.mismatch("Resize by tf_crop_and_resize needs 'roi', two numbers per axis")
      }
      for (index, axis) in chosen.enumerated() {
        axes[axis].crop = (crop[index], crop[index + chosen.count])
      }
    }
    try Shapes.count(axes.map(\.resized))
    for axis in axes where axis.length == 0 && axis.resized > 0 {
      throw Shapes.mismatch("Resize can't make \(axis.resized) elements from none")
    }
  }

  private mutating func apply(scales: [Float], to chosen: [Int]) throws(EngineError) {
    for (scale, axis) in zip(scales, chosen) {
      let length = Float(axes[axis].length) * scale
      guard scale > 0, length.isFinite, length <= Float(Shapes.elementLimit) else {
        throw Shapes.mismatch("Resize by the scale \(scale)")
      }
      axes[axis].resized = Int(length)
      axes[axis].scale = scale
      axes[axis].exactLength = length
    }
  }

  private mutating func apply(
    sizes: [Int], to chosen: [Int], _ policy: ResizeOptions.AspectRatio
  ) throws(EngineError) {
    for (size, axis) in zip(sizes, chosen) {
      guard (0...Shapes.elementLimit).contains(size) else {
        throw Shapes.mismatch("Resize to the size \(size)")
      }
      axes[axis].resized = size
      axes[axis].scale = axes[axis].length == 0 ? 1 : Float(size) / Float(axes[axis].length)
      axes[axis].exactLength = Float(size)
    }
    let scales = chosen.map { Double(axes[$0].resized) / Double(max(axes[$0].length, 1)) }
    guard policy != .stretch,
      let scale = policy == .notLarger ? scales.min() : scales.max()
    else { return }
    for axis in chosen {
      let exact = scale * Double(axes[axis].length)
      guard exact <= Double(Shapes.elementLimit) else {
        throw Shapes.mismatch("Resize by the scale \(scale)")
      }
      axes[axis].resized = Int(exact + 0.5)
      axes[axis].scale = Float(scale)
      axes[axis].exactLength = Float(exact)
    }
  }
}
