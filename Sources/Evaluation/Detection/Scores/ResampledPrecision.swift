/// COCO's AP at IoU .50:.95 of resamples of images, each drawn any number of times: the same figure as
/// ``DetectionScores/map`` of the images drawn, but for rounding, without sorting again.
struct ResampledPrecision {
  /// A found box that is right, or counts neither way, at some threshold.
  private struct Event {
    /// Its place among the class's boxes by falling score.
    var place: Int
    /// Its image.
    var image: Int
    /// Bit for each threshold.
    var matched: UInt16
    var ignored: UInt16
  }

  private struct Class {
    /// The image of each found box, by falling score.
    var images: [Int] = []
    var events: [Event] = []
    /// Objects of each image that holds some.
    var objects: [(image: Int, count: Int)] = []
  }

  private var classes: [Class] = []

  /// Steps that one resample takes.
  var cost: Int {
    classes.reduce(0) {
      $0 + $1.images.count + $1.events.count * COCOMatcher.thresholds.count
    }
  }

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
      for (place, row) in order.map({ rows[$0] }).enumerated() {
        entry.images.append(row.image)
        let event = Event(
          place: place, image: row.image, matched: UInt16(truncatingIfNeeded: row.matched & 0x3FF),
          ignored: UInt16(truncatingIfNeeded: row.ignored & 0x3FF))
        if event.matched | event.ignored != 0 { entry.events.append(event) }
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
      let drawn = Self.drawnBefore(entry, draws)
      for step in COCOMatcher.thresholds.indices {
        sum += Self.averagePrecision(entry, draws, drawn, step: step, positives: positives)
        count += 1
      }
    }
    return count == 0 ? nil : sum / Double(count)
  }

  /// How many boxes were drawn up to each place, it included.
  private static func drawnBefore(_ entry: Class, _ draws: [Int]) -> [Int] {
    var total = 0
    return [Int](unsafeUninitializedCapacity: entry.images.count) { out, count in
      draws.withUnsafeBufferPointer { draws in
        entry.images.withUnsafeBufferPointer { images in
          for place in 0..<images.count {
            total += draws[images[place]]
            out[place] = total
          }
        }
      }
      count = entry.images.count
    }
  }

  private static func averagePrecision(
    _ entry: Class, _ draws: [Int], _ drawn: [Int], step: Int, positives: Int
  ) -> Double {
    let bit: UInt16 = 1 << UInt16(step)
    var (right, ignored) = (0, 0)
    /// True positives, and boxes that count, behind each true positive.
    var points: [(right: Int, all: Int)] = []
    points.reserveCapacity(entry.events.count)
    for event in entry.events {
      let times = draws[event.image]
      if times == 0 { continue }
      if event.ignored & bit != 0 {
        ignored += times
      } else if event.matched & bit != 0 {
        right += times
        points.append((right, drawn[event.place] - ignored))
      }
    }
    // From the last point of recall back, with the envelope of precision on the way.
    var best = 0.0
    var sum = 0.0
    var place = points.count - 1
    for recall in COCOMatcher.recalls.reversed() {
      while place >= 0, Double(points[place].right) / Double(positives) >= recall {
        best = max(best, Double(points[place].right) / Double(points[place].all))
        place -= 1
      }
      sum += best
    }
    return sum / Double(COCOMatcher.recalls.count)
  }
}
