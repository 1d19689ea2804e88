/// Where a model's input lies in the image that it was made of, so that boxes can be told in the image's
/// own pixels.
public struct ImageFrame: Sendable, Hashable {
  /// The image's width in pixels.
  public let width: Double
  /// The image's height in pixels.
  public let height: Double
  /// Left and top of the input in the image, in the image's pixels.
  public let origin: SIMD2<Double>
  /// Width and height of the input in the image, in the image's pixels.
  public let extent: SIMD2<Double>

  /// Makes a frame of an input that is the whole image.
  public init(width: Double, height: Double) {
    self.init(
      width: width, height: height, origin: .zero, extent: [width, height])
  }

  /// Makes a frame of an input that is a part of the image.
  public init(width: Double, height: Double, origin: SIMD2<Double>, extent: SIMD2<Double>) {
    self.width = width
    self.height = height
    self.origin = origin
    self.extent = extent
  }

  /// Left, top, width and height in the image's pixels.
  ///
  /// - Parameter corners: Left, top, right, bottom as parts of the input.
  public func pixels(_ corners: SIMD4<Double>) -> SIMD4<Double> {
    let (left, top) = (origin.x + corners.x * extent.x, origin.y + corners.y * extent.y)
    let (right, bottom) = (origin.x + corners.z * extent.x, origin.y + corners.w * extent.y)
    return [left, top, right - left, bottom - top]
  }
}

extension EvaluationData {
  /// Where the input made of image `index` lies in it; nil where items are no images.
  public func frame(of index: Int) -> ImageFrame? {
    guard let imageSizes, let first = imageSizes.first else { return nil }
    let size = imageSizes.count == 1 ? first : imageSizes[index]
    let (width, height) = (Double(size.x), Double(size.y))
    guard let crop = geometry.crop else { return ImageFrame(width: width, height: height) }
    let resized = geometry.resized(height: size.y, width: size.x)
    let scale: SIMD2 = [width / Double(resized.width), height / Double(resized.height)]
    let offset = geometry.cropOffset(height: resized.height, width: resized.width)
    return ImageFrame(
      width: width, height: height, origin: scale * [Double(offset.left), Double(offset.top)],
      extent: scale * [Double(crop.width), Double(crop.height)])
  }
}
