/// The found boxes of one class over all images by falling score, and how many there are to find: what
/// precision and recall are read from.
struct ClassTable {
  private struct Row {
    var score: Double
    var matched: UInt64
    var ignored: UInt64
    var voc: ImageMatches.VOCVerdict
    /// The place among the boxes of its image and class.
    var rank: Int
  }

  private let rows: [Row]
  private let counted: SIMD4<Int>
  private let vocCount: Int

  init(classIndex: Int, matches: [ImageMatches], truths: [[Int: TruthCounts]]) {
    var rows: [Row] = []
    for image in matches {
      var rank = 0
      for match in image.matches where match.classIndex == classIndex {
        rows.append(
          Row(
            score: match.score, matched: match.matched, ignored: match.ignored, voc: match.voc,
            rank: rank))
        rank += 1
      }
    }
    self.rows = rows.enumerated().sorted {
      ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
    }.map(\.element)
    var counted = SIMD4<Int>.zero
    var vocCount = 0
    for image in truths {
      guard let own = image[classIndex] else { continue }
      counted &+= own.counted
      vocCount += own.voc
    }
    self.counted = counted
    self.vocCount = vocCount
  }

  /// The boxes that count, each as whether it is a true positive.
  private func verdicts(step: Int, area: Int, most: Int) -> [Bool] {
    let bit: UInt64 = 1 << UInt64(10 * area + step)
    return rows.compactMap { row in
      row.rank >= most || row.ignored & bit != 0 ? nil : row.matched & bit != 0
    }
  }

  /// Precision at each point of recall, after `COCOeval.accumulate`; nil without objects.
  func precision(step: Int, area: Int) -> [Double]? {
    let positives = counted[area]
    guard positives > 0 else { return nil }
    var recalls: [Double] = []
    var precisions: [Double] = []
    var (right, wrong) = (0.0, 0.0)
    for isRight in verdicts(step: step, area: area, most: COCOMatcher.mostDetections) {
      if isRight { right += 1 } else { wrong += 1 }
      recalls.append(right / Double(positives))
      precisions.append(right / (wrong + right + Double.ulpOfOne))
    }
    for index in stride(from: precisions.count - 1, to: 0, by: -1)
    where precisions[index] > precisions[index - 1] {
      precisions[index - 1] = precisions[index]
    }
    var result: [Double] = []
    var place = 0
    for point in COCOMatcher.recalls {
      while place < recalls.count, recalls[place] < point { place += 1 }
      result.append(place < recalls.count ? precisions[place] : 0)
    }
    return result
  }

  /// The recall of all boxes up to `most` an image; nil without objects.
  func recall(step: Int, area: Int, most: Int) -> Double? {
    let positives = counted[area]
    guard positives > 0 else { return nil }
    let right = verdicts(step: step, area: area, most: most).reduce(0) { $0 + ($1 ? 1 : 0) }
    return Double(right) / Double(positives)
  }

  /// Pascal VOC's average precision both ways; nil without objects.
  ///
  /// Everingham et al., The Pascal Visual Object Classes Challenge (2010 and 2015): the area under the
  /// monotone envelope of precision, and the mean of its values at recall 0, 0.1 ... 1.
  func vocCurve() -> (area: Double, elevenPoints: Double)? {
    guard vocCount > 0 else { return nil }
    var (right, wrong) = (0.0, 0.0)
    var recalls = [0.0]
    var precisions = [0.0]
    for row in rows where row.voc != .ignored {
      if row.voc == .right { right += 1 } else { wrong += 1 }
      recalls.append(right / Double(vocCount))
      precisions.append(right / (right + wrong))
    }
    for index in stride(from: precisions.count - 1, to: 0, by: -1) {
      precisions[index - 1] = max(precisions[index - 1], precisions[index])
    }
    var area = 0.0
    for index in recalls.indices.dropFirst() where recalls[index] != recalls[index - 1] {
      area += (recalls[index] - recalls[index - 1]) * precisions[index]
    }
    var points = 0.0
    for tenth in 0...10 {
      let place = recalls.firstIndex { $0 >= Double(tenth) / 10 }
      points += place.map { precisions[$0] } ?? 0
    }
    return (area, points / 11)
  }
}
