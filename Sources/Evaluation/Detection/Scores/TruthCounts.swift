/// How many objects of a class an image holds.
public struct TruthCounts: Sendable, Hashable {
  /// Objects that COCO counts, in areas all, small, medium, large.
  public var counted: SIMD4<Int>
  /// Objects that Pascal VOC counts.
  public var voc: Int

  /// The counts of each class that an image holds.
  static func count(_ truths: [TruthBox]) -> [Int: TruthCounts] {
    var result: [Int: TruthCounts] = [:]
    for truth in truths {
      var counts = result[truth.classIndex] ?? TruthCounts(counted: .zero, voc: 0)
      if !truth.isCrowd {
        for (area, range) in COCOMatcher.areas.enumerated() where range.contains(truth.area) {
          counts.counted[area] += 1
        }
        if !truth.isDifficult { counts.voc += 1 }
      }
      result[truth.classIndex] = counts
    }
    return result
  }
}
