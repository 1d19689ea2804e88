import Datasets
import Foundation

/// Zhou et al., Objects as Points (2019): ``CenterNetForm``.
struct CenterNetHead: DetectionHead {
  let form: CenterNetForm
  /// What is applied to the heat map.
  let activation: HeadActivation

  var outputs: [(name: String, shape: String)] {
    var result = [(form.heatmap, "(N, classes, H, W)")]
    if let box = form.box { result.append((box, "(N, 4, H, W) of the heat map's H and W")) }
    if let size = form.size { result.append((size, "(N, 2, H, W) of the heat map's H and W")) }
    if let offset = form.offset {
      result.append((offset, "(N, 2, H, W) of the heat map's H and W"))
    }
    return result
  }

  func classCount(_ shapes: [[Int]]) throws(HeadMisfit) -> Int? {
    guard shapes[0].count == 3, shapes[0].allSatisfy({ $0 > 0 }) else {
      throw HeadMisfit(output: 0)
    }
    for index in 1..<shapes.count
    where shapes[index] != [form.box == nil ? 2 : 4] + shapes[0].dropFirst() {
      throw HeadMisfit(output: index)
    }
    return shapes[0][0]
  }

  func candidates(_ arrays: [HeadArray], above score: Double) -> [DetectedBox] {
    let heat = arrays[0]
    let (classes, height, width) = (heat.shape[0], heat.shape[1], heat.shape[2])
    let cells = height * width
    var found: [DetectedBox] = []
    for index in 0..<classes {
      for y in 0..<height {
        for x in 0..<width {
          let raw = heat[index * cells + y * width + x]
          // The sigmoid grows with its argument, so that peaks are the same before and after it.
          let value = activation == .none ? raw : HeadActivation.sigmoid(raw)
          guard value > score, isPeak(heat.values, index * cells, x, y, width, height) else {
            continue
          }
          let (centre, size) = place(arrays, x: x, y: y, width: width, height: height)
          found.append(
            DetectedBox(classIndex: index, score: value, centre: centre, size: size))
        }
      }
    }
    return found
  }

  /// Whether a cell is the largest of the square around it; equals are all peaks.
  private func isPeak(
    _ values: [Float], _ start: Int, _ x: Int, _ y: Int, _ width: Int, _ height: Int
  ) -> Bool {
    let reach = form.peak / 2
    let own = values[start + y * width + x]
    for row in max(0, y - reach)...min(height - 1, y + reach) {
      for column in max(0, x - reach)...min(width - 1, x + reach)
      where values[start + row * width + column] > own {
        return false
      }
    }
    return true
  }

  private func place(
    _ arrays: [HeadArray], x: Int, y: Int, width: Int, height: Int
  ) -> (centre: SIMD2<Double>, size: SIMD2<Double>) {
    let (cells, cell) = (width * height, y * width + x)
    let map = SIMD2(Double(width), Double(height))
    var offset = SIMD2<Double>.zero
    var size: SIMD2<Double>
    if form.box != nil {
      offset = [arrays[1][cell], arrays[1][cells + cell]]
      size = [arrays[1][2 * cells + cell], arrays[1][3 * cells + cell]]
    } else {
      size = [arrays[1][cell], arrays[1][cells + cell]]
      if form.offset != nil { offset = [arrays[2][cell], arrays[2][cells + cell]] }
    }
    switch form.sizes {
    case .cells: size /= map
    case .exp: size = [exp(size.x), exp(size.y)] / map
    case .relative: break
    }
    return ((SIMD2(Double(x), Double(y)) + offset) / map, size)
  }
}
