/// What is kept of one network's boxes in one image, as the numbers of a ``SampleEvidence``.
enum DetectionEvidence {
  /// Keeps what the boxes are worth, three numbers a box.
  ///
  /// The score; 40 bits matched, and Pascal VOC's verdict; 40 bits ignored, and the class. Integers below
  /// 2^53 are exact in a Double.
  static func keep(_ matches: ImageMatches) -> SampleEvidence {
    var values: [Double] = []
    values.reserveCapacity(3 * matches.matches.count)
    for match in matches.matches {
      values.append(match.score)
      values.append(Double(match.matched | UInt64(match.voc.rawValue) << 40))
      values.append(Double(match.ignored | UInt64(match.classIndex) << 40))
    }
    return SampleEvidence(values)
  }

  /// What ``keep(_:)-(ImageMatches)`` kept.
  static func matches(_ evidence: SampleEvidence) -> ImageMatches {
    let bits: UInt64 = (1 << 40) - 1
    let values = evidence.values
    var result = ImageMatches(matches: [])
    for start in stride(from: 0, to: values.count - 2, by: 3) {
      let (first, second) = (UInt64(values[start + 1]), UInt64(values[start + 2]))
      result.matches.append(
        ImageMatches.Match(
          classIndex: Int(second >> 40), score: values[start], matched: first & bits,
          ignored: second & bits,
          voc: ImageMatches.VOCVerdict(rawValue: Int(first >> 40)) ?? .wrong))
    }
    return result
  }

  /// Keeps the boxes themselves, six numbers a box.
  static func keep(_ boxes: [DetectedBox]) -> SampleEvidence {
    SampleEvidence(
      boxes.flatMap { box in
        [Double(box.classIndex), box.score] + (0..<4).map { box.corners[$0] }
      })
  }

  /// What ``keep(_:)-([DetectedBox])`` kept.
  static func boxes(_ evidence: SampleEvidence) -> [DetectedBox] {
    let values = evidence.values
    return stride(from: 0, to: values.count - 5, by: 6).map { start in
      DetectedBox(
        classIndex: Int(values[start]), score: values[start + 1],
        corners: [values[start + 2], values[start + 3], values[start + 4], values[start + 5]])
    }
  }
}
