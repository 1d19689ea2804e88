import Datasets

/// Outputs that are boxes already: ``BoxForm``.
struct BoxHead: DetectionHead {
  let form: BoxForm
  /// Width and height of the model's input in pixels.
  let inputSize: SIMD2<Double>

  var outputs: [(name: String, shape: String)] {
    guard let scores = form.scores else {
      return [(form.boxes, "(N, M, \(head) + classes) or (N, \(head) + classes, M)")]
    }
    var result = [(form.boxes, "(N, M, 4)")]
    result.append((scores, form.labels == nil ? "(N, M, classes)" : "(N, M)"))
    if let labels = form.labels { result.append((labels, "(N, M)")) }
    return result
  }

  /// Numbers in front of the class scores of a combined output.
  private var head: Int { form.hasObjectness ? 5 : 4 }

  /// Whether a combined output holds a box's numbers behind each other: boxes are more than numbers.
  private func isLast(_ shape: [Int]) -> Bool { shape[0] >= shape[1] || shape[0] <= head }

  func classCount(_ shapes: [[Int]]) throws(HeadMisfit) -> Int? {
    guard form.scores != nil else {
      guard shapes[0].count == 2 else { throw HeadMisfit(output: 0) }
      let numbers = isLast(shapes[0]) ? shapes[0][1] : shapes[0][0]
      guard numbers > head else { throw HeadMisfit(output: 0) }
      return try count(numbers - head, output: 0)
    }
    guard shapes[0].count == 2, shapes[0][1] == 4 else { throw HeadMisfit(output: 0) }
    guard form.labels == nil else {
      for index in 1...2 where shapes[index] != [shapes[0][0]] { throw HeadMisfit(output: index) }
      return nil
    }
    guard shapes[1].count == 2, shapes[1][0] == shapes[0][0] else { throw HeadMisfit(output: 1) }
    return try count(shapes[1][1], output: 1)
  }

  private func count(_ scores: Int, output: Int) throws(HeadMisfit) -> Int {
    guard let background = form.background else { return scores }
    guard background < scores, scores > 1 else { throw HeadMisfit(output: output) }
    return scores - 1
  }

  func candidates(_ arrays: [HeadArray], above score: Double) -> [DetectedBox] {
    let boxes = arrays[0]
    let isCombined = form.scores == nil
    let isLast = !isCombined || isLast(boxes.shape)
    let count = isLast ? boxes.shape[0] : boxes.shape[1]
    let numbers = isLast ? boxes.shape[1] : boxes.shape[0]
    func number(_ row: Int, _ column: Int) -> Double {
      isLast ? boxes[row * numbers + column] : boxes[column * count + row]
    }
    var found: [DetectedBox] = []
    for row in 0..<count {
      let scores: [Double]
      if form.labels != nil {
        scores = [arrays[1][row]]
      } else if isCombined {
        scores = (head..<numbers).map { number(row, $0) }
      } else {
        let classes = arrays[1].shape[1]
        scores = (0..<classes).map { arrays[1][row * classes + $0] }
      }
      var values = form.activation.applied(to: scores)
      if form.hasObjectness {
        let objectness =
          form.activation == .none ? number(row, 4) : HeadActivation.sigmoid(number(row, 4))
        values = values.map { $0 * objectness }
      }
      for (index, value) in values.enumerated() where value > score {
        let place = form.labels == nil ? index : Int(arrays[2].values[row].clampedIndex)
        guard place >= 0, place != form.background else { continue }
        found.append(
          DetectedBox(
            classIndex: form.background.map { place > $0 ? place - 1 : place } ?? place,
            score: value, corners: corners((0..<4).map { number(row, $0) })))
      }
    }
    return found
  }

  private func corners(_ t: [Double]) -> SIMD4<Double> {
    let corners: SIMD4<Double> =
      switch form.format {
      case .xyxy: [t[0], t[1], t[2], t[3]]
      case .yxyx: [t[1], t[0], t[3], t[2]]
      case .xywh: [t[0], t[1], t[0] + t[2], t[1] + t[3]]
      case .cxcywh: [t[0] - t[2] / 2, t[1] - t[3] / 2, t[0] + t[2] / 2, t[1] + t[3] / 2]
      }
    guard form.units == .pixels else { return corners }
    return corners / [inputSize.x, inputSize.y, inputSize.x, inputSize.y]
  }
}

extension Float {
  /// A class index stored as a number; -1 for what is none.
  fileprivate var clampedIndex: Int {
    isFinite && self >= 0 && self < 1e6 ? Int(rounded()) : -1
  }
}
