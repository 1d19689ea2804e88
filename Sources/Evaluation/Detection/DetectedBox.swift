/// One box that a detector found.
public struct DetectedBox: Sendable, Hashable {
  /// Its class, without a background class.
  public let classIndex: Int
  /// How sure the network is, 0 to 1.
  public let score: Double
  /// Left, top, right, bottom as parts of the model's input.
  public let corners: SIMD4<Double>

  /// Makes a box.
  public init(classIndex: Int, score: Double, corners: SIMD4<Double>) {
    self.classIndex = classIndex
    self.score = score
    self.corners = corners
  }

  /// Makes a box of its centre and size.
  init(classIndex: Int, score: Double, centre: SIMD2<Double>, size: SIMD2<Double>) {
    let (low, high) = (centre - size / 2, centre + size / 2)
    self.init(classIndex: classIndex, score: score, corners: [low.x, low.y, high.x, high.y])
  }

  /// Whether all its numbers are some.
  var isFinite: Bool {
    score.isFinite && (0..<4).allSatisfy { corners[$0].isFinite }
  }

  /// The intersection over the union with another box: 0 for boxes that do not meet.
  public func overlap(with other: DetectedBox) -> Double {
    let (a, b) = (corners, other.corners)
    let width = min(a.z, b.z) - max(a.x, b.x)
    let height = min(a.w, b.w) - max(a.y, b.y)
    guard width > 0, height > 0 else { return 0 }
    let common = width * height
    return common / ((a.z - a.x) * (a.w - a.y) + (b.z - b.x) * (b.w - b.y) - common)
  }
}
