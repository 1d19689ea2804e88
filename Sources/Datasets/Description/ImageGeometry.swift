import Tensors

/// Resizing and cropping of an image to the size that the model wants.
struct ImageGeometry: Sendable, Equatable {
  /// One number: the length of the shorter side; two: height and width.
  var resize: [Int] = []
  /// Height and width, cut from the centre.
  var crop: (height: Int, width: Int)?

  static func == (a: ImageGeometry, b: ImageGeometry) -> Bool {
    a.resize == b.resize && a.crop?.height == b.crop?.height && a.crop?.width == b.crop?.width
  }

  /// Whether images pass unchanged.
  var isIdentity: Bool { resize.isEmpty && crop == nil }

  /// The size after resizing.
  ///
  /// As torchvision: the longer side is truncated.
  func resized(height: Int, width: Int) -> (height: Int, width: Int) {
    if resize.count == 2 { return (resize[0], resize[1]) }
    guard let side = resize.first else { return (height, width) }
    let longer = Double(side) * Double(max(height, width)) / Double(min(height, width))
    let other = Int(min(longer, Double(Int32.max)))
    return height <= width ? (side, other) : (other, side)
  }

  /// The size after resizing and cropping.
  func output(height: Int, width: Int) throws(EngineError) -> (height: Int, width: Int) {
    let size = resized(height: height, width: width)
    guard size.height <= 1 << 15, size.width <= 1 << 15 else {
      throw EngineError(
        .invalidData,
        problem: "an image of \(width) x \(height) becomes \(size.width) x \(size.height), "
          + "larger than 32768 pixels a side", remedy: "Give 'resize' a smaller number")
    }
    guard let crop else { return size }
    guard crop.height <= size.height, crop.width <= size.width else {
      throw EngineError(
        .invalidData,
        problem: "a crop of \(crop.width) x \(crop.height) does not fit an image of "
          + "\(size.width) x \(size.height)", remedy: "Give 'resize' at least the crop's size")
    }
    return (crop.height, crop.width)
  }

  /// Where the crop begins in a resized image.
  func cropOffset(height: Int, width: Int) -> (top: Int, left: Int) {
    guard let crop else { return (0, 0) }
    // Halves round to even, as Python's round() in torchvision's centre crop.
    let top = (Double(height - crop.height) / 2).rounded(.toNearestOrEven)
    let left = (Double(width - crop.width) / 2).rounded(.toNearestOrEven)
    return (Int(top), Int(left))
  }

  /// A uint8 image (C, H, W), resized and cropped.
  func applied(to image: Tensor) throws(EngineError) -> Tensor {
    let (height, width) = (image.shape[1], image.shape[2])
    let target = try output(height: height, width: width)
    let size = resized(height: height, width: width)
    var image = image
    if size != (height, width) {
      image = ImageResampler.resize(image, height: size.height, width: size.width)
    }
    guard target != size else { return image }
    let (top, left) = cropOffset(height: size.height, width: size.width)
    let channels = image.shape[0]
    return .building([channels, target.height, target.width], of: UInt8.self) { out in
      image.withElements(of: UInt8.self) { pixels in
        for row in 0..<channels * target.height {
          let (channel, y) = (row / target.height, row % target.height)
          let from = (channel * size.height + top + y) * size.width + left
          for x in 0..<target.width { out[row * target.width + x] = pixels[from + x] }
        }
      }
    }
  }
}
