/// One box that should be found, in pixels of its image.
public struct TruthBox: Sendable, Hashable {
  /// Its class.
  public let classIndex: Int
  /// Left, top, width, height in pixels.
  public let box: SIMD4<Double>
  /// Area in pixels, which decides whether it is small, medium or large.
  public let area: Double
  /// Whether it is a crowd (COCO).
  public let isCrowd: Bool
  /// Whether it is difficult (Pascal VOC).
  public let isDifficult: Bool

  /// Makes a box; its area is that of the box where none is given.
  public init(
    classIndex: Int, box: SIMD4<Double>, area: Double? = nil, isCrowd: Bool = false,
    isDifficult: Bool = false
  ) {
    self.classIndex = classIndex
    self.box = box
    self.area = area ?? box.z * box.w
    self.isCrowd = isCrowd
    self.isDifficult = isDifficult
  }
}
