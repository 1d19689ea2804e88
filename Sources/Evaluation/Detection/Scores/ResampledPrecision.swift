/// COCO's AP at IoU .50:.95 of resamples of images, each drawn any number of times: the same figure as
/// ``DetectionScores/map`` of the images drawn, but for rounding, without sorting again.
struct ResampledPrecision {
  private struct Class {
    /// The image of each found box, by falling score.
    var images: [Int32] = []
    /// Bit for each threshold.
    var matched: [UInt16] = []
    var ignored: [UInt16] = []
    /// Objects of each image that holds some.
    var objects: [(image: Int, count: Int)] = []
  }

  private var classes: [Class] = []

  /// Steps that one resample takes.
  var cost: Int { classes.reduce(0) { $0 + $1.images.count } * COCOMatcher.thresholds.count }

  init(matches: [ImageMatches], truths: [[Int: TruthCounts]]) {
    for index in Set(truths.flatMap(\.keys)).sorted() {
      var entry = Class()
      var rows: [(score: Double, image: Int, matched: UInt64, ignored: UInt64)] = []
      for (image, found) in matches.enumerated() {
        let own = found.matches.filter { $0.classIndex == index }
        for match in own.prefix(COCOMatcher.mostDetections) {
          rows.append((match.score, image, match.matched, match.ignored))
        }
        if let count = truths[image][index]?.counted[0], count > 0 {
          entry.objects.append((image, count))
        }
      }
      let order = rows.indices.sorted { (rows[$1].score, $0) < (rows[$0].score, $1) }
      for row in order.map({ rows[$0] }) {
        entry.images.append(Int32(row.image))
        entry.matched.append(UInt16(truncatingIfNeeded: row.matched & 0x3FF))
        entry.ignored.append(UInt16(truncatingIfNeeded: row.ignored & 0x3FF))
      }
      classes.append(entry)
    }
  }

  /// The figure; nil when no object was drawn.
  ///
  /// - Parameter draws: How often each image was drawn.
  func meanPrecision(_ draws: [Int]) -> Double? {
    var sum = 0.0
    var count = 0
    for entry in classes {
      let positives = entry.objects.reduce(0) { $0 + draws[$1.image] * $1.count }
      guard positives > 0 else { continue }
      for step in COCOMatcher.thresholds.indices {
        sum += Self.averagePrecision(entry, draws, step: step, positives: positives)
        count += 1
      }
    }
    return count == 0 ? nil : sum / Double(count)
  }

  private static func averagePrecision(
    _ entry: Class, _ draws: [Int], step: Int, positives: Int
  ) -> Double {
    let bit: UInt16 = 1 << UInt16(step)
    var (right, wrong) = (0, 0)
    /// True and false positives behind each true positive.
    var points: [(right: Int, wrong: Int)] = []
    draws.withUnsafeBufferPointer { draws in
      for index in entry.images.indices {
        let times = draws[Int(entry.images[index])]
        if times == 0 || entry.ignored[index] & bit != 0 { continue }
        if entry.matched[index] & bit != 0 {
          right += times
          points.append((right, wrong))
        } else {
          wrong += times
        }
      }
    }
    // From the last point of recall back, with the envelope of precision on the way.
    var best = 0.0
    var sum = 0.0
    var place = points.count - 1
    for recall in COCOMatcher.recalls.reversed() {
      while place >= 0, Double(points[place].right) / Double(positives) >= recall {
        let point = points[place]
        best = max(best, Double(point.right) / Double(point.right + point.wrong))
        place -= 1
      }
      sum += best
    }
    return sum / Double(COCOMatcher.recalls.count)
  }
}
