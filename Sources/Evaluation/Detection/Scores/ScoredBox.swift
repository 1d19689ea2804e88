/// One box that was found, in pixels of its image.
public struct ScoredBox: Sendable, Hashable {
  /// Its class.
  public let classIndex: Int
  /// How sure the network is.
  public let score: Double
  /// Left, top, width, height in pixels.
  public let box: SIMD4<Double>

  /// Makes a box.
  public init(classIndex: Int, score: Double, box: SIMD4<Double>) {
    self.classIndex = classIndex
    self.score = score
    self.box = box
  }

  /// The intersection over the union with a box, or over this box's own area for a crowd: as
  /// pycocotools computes it, in that order of operations.
  func overlap(with truth: SIMD4<Double>, isCrowd: Bool = false) -> Double {
    let width = min(box.z + box.x, truth.z + truth.x) - max(box.x, truth.x)
    guard width > 0 else { return 0 }
    let height = min(box.w + box.y, truth.w + truth.y) - max(box.y, truth.y)
    guard height > 0 else { return 0 }
    let common = width * height
    let own = box.z * box.w
    return common / (isCrowd ? own : own + truth.z * truth.w - common)
  }
}
