import Datasets
import Foundation

/// Grids of distances to the sides, as distributions or plain: ``DistanceForm``.
struct DistanceHead: DetectionHead {
  let form: DistanceForm

  var outputs: [(name: String, shape: String)] {
    let distances = 4 * form.bins
    if form.scores.isEmpty {
      return form.outputs.map { ($0, "(N, \(distances) + classes, H, W)") }
    }
    return form.outputs.map { ($0, "(N, \(distances), H, W)") }
      + form.scores.map { ($0, "(N, classes, H, W) of its distances' H and W") }
  }

  func classCount(_ shapes: [[Int]]) throws(HeadMisfit) -> Int? {
    var classes: Int?
    let grids = form.outputs.count
    for index in 0..<grids {
      let shape = shapes[index]
      guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else { throw HeadMisfit(output: index) }
      if form.scores.isEmpty {
        let own = shape[0] - 4 * form.bins
        guard own > 0, classes == nil || classes == own else { throw HeadMisfit(output: index) }
        classes = own
        continue
      }
      let scores = shapes[grids + index]
      guard shape[0] == 4 * form.bins else { throw HeadMisfit(output: index) }
      guard scores.count == 3, scores.dropFirst() == shape.dropFirst(), scores[0] > 0,
        classes == nil || classes == scores[0]
      else { throw HeadMisfit(output: grids + index) }
      classes = scores[0]
    }
    return classes
  }

  func candidates(_ arrays: [HeadArray], above score: Double) -> [DetectedBox] {
    var found: [DetectedBox] = []
    let grids = form.outputs.count
    for index in 0..<grids {
      let array = arrays[index]
      let (height, width) = (array.shape[1], array.shape[2])
      let cells = height * width
      let scores = form.scores.isEmpty ? array : arrays[grids + index]
      let first = form.scores.isEmpty ? 4 * form.bins : 0
      let classes = scores.shape[0] - first
      let map = SIMD2(Double(width), Double(height))
      for cell in 0..<cells {
        let raw = (0..<classes).map { scores[(first + $0) * cells + cell] }
        let values = form.activation.applied(to: raw)
        guard values.contains(where: { $0 > score }) else { continue }
        let sides = (0..<4).map { distance(array, side: $0, cell: cell, cells: cells) }
        let centre = SIMD2(Double(cell % width) + 0.5, Double(cell / width) + 0.5)
        let low = (centre - [sides[0], sides[1]]) / map
        let high = (centre + [sides[2], sides[3]]) / map
        for (index, value) in values.enumerated() where value > score {
          found.append(
            DetectedBox(
              classIndex: index, score: value, corners: [low.x, low.y, high.x, high.y]))
        }
      }
    }
    return found
  }

  /// The distance to a side in cells: left, top, right or bottom.
  private func distance(_ array: HeadArray, side: Int, cell: Int, cells: Int) -> Double {
    let bins = (0..<form.bins).map { array[(side * form.bins + $0) * cells + cell] }
    guard form.bins > 1 else { return bins[0] }
    let shares = HeadActivation.softmax.applied(to: bins)
    return shares.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
  }
}
