import Datasets
import Foundation

/// Grids with anchor boxes: ``AnchorForm``.
struct AnchorHead: DetectionHead {
  let form: AnchorForm
  /// Width and height of the model's input in pixels.
  let inputSize: SIMD2<Double>

  var outputs: [(name: String, shape: String)] {
    zip(form.outputs, form.anchors).map { name, anchors in
      let count = anchors.count / 2
      return (name, "(N, \(count) * (5 + classes), H, W) or (N, \(count), H, W, 5 + classes)")
    }
  }

  /// The layout of one grid.
  private struct Layout {
    var classes: Int
    var height: Int
    var width: Int
    /// Whether a box's numbers lie behind each other.
    var isLast: Bool

    init?(_ shape: [Int], anchors: Int) {
      guard shape.allSatisfy({ $0 > 0 }) else { return nil }
      if shape.count == 4, shape[0] == anchors, shape[3] > 5 {
        (classes, height, width, isLast) = (shape[3] - 5, shape[1], shape[2], true)
      } else if shape.count == 3, shape[0] % anchors == 0, shape[0] / anchors > 5 {
        (classes, height, width, isLast) = (shape[0] / anchors - 5, shape[1], shape[2], false)
      } else {
        return nil
      }
    }

    /// Where number `channel` of a box lies.
    func place(anchor: Int, cell: Int, channel: Int) -> Int {
      let channels = classes + 5
      return isLast
        ? (anchor * height * width + cell) * channels + channel
        : (anchor * channels + channel) * height * width + cell
    }
  }

  func classCount(_ shapes: [[Int]]) throws(HeadMisfit) -> Int? {
    var classes: Int?
    for (index, shape) in shapes.enumerated() {
      guard let layout = Layout(shape, anchors: form.anchors[index].count / 2),
        classes == nil || classes == layout.classes
      else { throw HeadMisfit(output: index) }
      classes = layout.classes
    }
    return classes
  }

  func candidates(_ arrays: [HeadArray], above score: Double) -> [DetectedBox] {
    var found: [DetectedBox] = []
    for (array, sizes) in zip(arrays, form.anchors) {
      let count = sizes.count / 2
      guard let layout = Layout(array.shape, anchors: count) else { continue }
      for anchor in 0..<count {
        let size = SIMD2(Double(sizes[2 * anchor]), Double(sizes[2 * anchor + 1]))
        for cell in 0..<layout.height * layout.width {
          found += boxes(array, layout, anchor, size, cell, score)
        }
      }
    }
    return found
  }

  private func boxes(
    _ array: HeadArray, _ layout: Layout, _ anchor: Int, _ size: SIMD2<Double>, _ cell: Int,
    _ score: Double
  ) -> [DetectedBox] {
    func number(_ channel: Int) -> Double {
      array[layout.place(anchor: anchor, cell: cell, channel: channel)]
    }
    let objectness = HeadActivation.sigmoid(number(4))
    guard objectness > score else { return [] }
    let corner = SIMD2(Double(cell % layout.width), Double(cell / layout.width))
    let map = SIMD2(Double(layout.width), Double(layout.height))
    let s = SIMD2(HeadActivation.sigmoid(number(0)), HeadActivation.sigmoid(number(1)))
    let (centre, scale): (SIMD2<Double>, SIMD2<Double>)
    switch form.version {
    case .v3: (centre, scale) = (s + corner, [exp(number(2)), exp(number(3))])
    case .v5:
      let t = SIMD2(HeadActivation.sigmoid(number(2)), HeadActivation.sigmoid(number(3))) * 2
      (centre, scale) = (s * 2 - 0.5 + corner, t * t)
    }
    var found: [DetectedBox] = []
    for index in 0..<layout.classes {
      let value = objectness * HeadActivation.sigmoid(number(5 + index))
      guard value > score else { continue }
      found.append(
        DetectedBox(
          classIndex: index, score: value, centre: centre / map, size: size * scale / inputSize))
    }
    return found
  }
}
