/// One box that a detector should find.
public struct GroundTruthBox: Sendable, Hashable {
  /// The image it lies in, an index into the data.
  public let imageIndex: Int
  /// Its class, an index into the class names.
  public let classIndex: Int
  /// Left, top, right, bottom as parts of width and height: 0 to 1.
  public let corners: SIMD4<Float>

  /// Makes a box.
  public init(imageIndex: Int, classIndex: Int, corners: SIMD4<Float>) {
    self.imageIndex = imageIndex
    self.classIndex = classIndex
    self.corners = corners
  }
}
