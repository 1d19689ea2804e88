/// Matches the boxes found in an image with those to be found, as pycocotools 2.0 does
/// (`COCOeval.evaluateImg`), and as Pascal VOC does.
///
/// COCO: by falling score, each box takes the free ground truth of its class that it overlaps most, at the
/// threshold at least, a later one among equals; ignored ones (crowds, and those out of the range of areas)
/// only where no other is left. VOC: the one that it overlaps most decides, free or not.
enum COCOMatcher {
  /// The thresholds of overlap: .50:.95.
  static let thresholds = NumPy.linspace(0.5, 0.95, count: 10)
  /// The points of recall at which precision is read.
  static let recalls = NumPy.linspace(0, 1, count: 101)
  /// Boxes of an image and class that are looked at.
  static let mostDetections = 100
  /// Least and largest area: all, small, medium, large.
  static let areas: [ClosedRange<Double>] = [0...1e10, 0...1024, 1024...9216, 9216...1e10]

  /// Matches the boxes of one image.
  static func match(_ found: [ScoredBox], _ truths: [TruthBox]) -> ImageMatches {
    var byClass: [Int: [ScoredBox]] = [:]
    for box in found { byClass[box.classIndex, default: []].append(box) }
    var result = ImageMatches(matches: [])
    for (index, boxes) in byClass.sorted(by: { $0.key < $1.key }) {
      let own = truths.filter { $0.classIndex == index }
      // Stable, as NumPy's mergesort.
      let sorted = boxes.enumerated().sorted {
        ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
      }.map(\.element)
      var matches = sorted.map { ImageMatches.Match(classIndex: index, score: $0.score) }
      matchCOCO(sorted, own, &matches)
      matchVOC(sorted, own, &matches)
      result.matches += matches
    }
    return result
  }

  private static func matchCOCO(
    _ found: [ScoredBox], _ truths: [TruthBox], _ matches: inout [ImageMatches.Match]
  ) {
    let found = found.prefix(mostDetections)
    let overlaps = found.map { box in
      truths.map { box.overlap(with: $0.box, isCrowd: $0.isCrowd) }
    }
    for (area, range) in areas.enumerated() {
      let ignored = truths.map { $0.isCrowd || !range.contains($0.area) }
      // Those that count come first, otherwise in their own order.
      let order = truths.indices.filter { !ignored[$0] } + truths.indices.filter { ignored[$0] }
      for (step, threshold) in thresholds.enumerated() {
        let bit: UInt64 = 1 << UInt64(10 * area + step)
        var taken = [Bool](repeating: false, count: truths.count)
        for (index, box) in found.enumerated() {
          var best = min(threshold, 1 - 1e-10)
          var match: Int?
          for truth in order {
            if taken[truth], !truths[truth].isCrowd { continue }
            if let match, !ignored[match], ignored[truth] { break }
            if overlaps[index][truth] < best { continue }
            best = overlaps[index][truth]
            match = truth
          }
          if let match {
            taken[match] = true
            matches[index].matched |= bit
            if ignored[match] { matches[index].ignored |= bit }
          } else if !range.contains(box.box.z * box.box.w) {
            matches[index].ignored |= bit
          }
        }
      }
    }
  }

  private static func matchVOC(
    _ found: [ScoredBox], _ truths: [TruthBox], _ matches: inout [ImageMatches.Match]
  ) {
    var taken = [Bool](repeating: false, count: truths.count)
    for (index, box) in found.enumerated() {
      var best = 0.0
      var match: Int?
      for (truth, other) in truths.enumerated() {
        let overlap = box.overlap(with: other.box)
        if overlap > best { (best, match) = (overlap, truth) }
      }
      guard let match, best >= 0.5 else { continue }
      if truths[match].isDifficult || truths[match].isCrowd {
        matches[index].voc = .ignored
      } else if !taken[match] {
        taken[match] = true
        matches[index].voc = .right
      }
    }
  }
}
