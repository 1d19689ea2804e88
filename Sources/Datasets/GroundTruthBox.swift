/// One box that a detector should find.
public struct GroundTruthBox: Sendable, Hashable {
  /// The image it lies in, an index into the data.
  public let imageIndex: Int
  /// Its class, an index into the class names.
  public let classIndex: Int
  /// Left, top, right, bottom as parts of width and height: 0 to 1.
  public let corners: SIMD4<Float>
  /// Left, top, width, height in pixels of the image as stored, bit for bit as labels state them; nil
  /// where they state ``corners``.
  public let pixels: SIMD4<Double>?
  /// The object's area in pixels, where labels state it: of its outline, which is less than the box's.
  public let area: Double?
  /// Whether it is a crowd of objects (COCO), which any number of boxes may find and none has to.
  public let isCrowd: Bool
  /// Whether it is marked as difficult (Pascal VOC), so that finding it counts neither way.
  public let isDifficult: Bool

  /// Makes a box.
  public init(
    imageIndex: Int, classIndex: Int, corners: SIMD4<Float>, pixels: SIMD4<Double>? = nil,
    area: Double? = nil, isCrowd: Bool = false, isDifficult: Bool = false
  ) {
    self.imageIndex = imageIndex
    self.classIndex = classIndex
    self.corners = corners
    self.pixels = pixels
    self.area = area
    self.isCrowd = isCrowd
    self.isDifficult = isDifficult
  }

  /// Left, top, width, height in pixels of an image.
  public func pixels(in frame: ImageFrame) -> SIMD4<Double> {
    if let pixels { return pixels }
    let scale = SIMD4(frame.width, frame.height, frame.width, frame.height)
    let corners = SIMD4<Double>(corners) * scale
    return [corners.x, corners.y, corners.z - corners.x, corners.w - corners.y]
  }
}
