import Datasets
import Foundation

/// Offsets from prior boxes: ``PriorForm``.
struct PriorHead: DetectionHead {
  let form: PriorForm
  /// Centre and size of each prior, as parts of the image.
  let priors: [SIMD4<Double>]

  var outputs: [(name: String, shape: String)] {
    [
      (form.offsets, "(N, \(priors.count), 4), one row for each prior"),
      (form.scores, "(N, \(priors.count), classes), one row for each prior"),
    ]
  }

  /// The priors of grids: of a map's cells row by row.
  static func priors(of grids: [PriorForm.Grid]) -> [SIMD4<Double>] {
    var priors: [SIMD4<Double>] = []
    for grid in grids {
      for row in 0..<grid.rows {
        for column in 0..<grid.columns {
          let centre = SIMD2(
            (Double(column) + 0.5) / Double(grid.columns), (Double(row) + 0.5) / Double(grid.rows))
          for size in grid.sizes {
            priors.append([centre.x, centre.y, Double(size.x), Double(size.y)])
          }
        }
      }
    }
    return priors
  }

  func classCount(_ shapes: [[Int]]) throws(HeadMisfit) -> Int? {
    guard shapes[0] == [priors.count, 4] else { throw HeadMisfit(output: 0) }
    guard shapes[1].count == 2, shapes[1][0] == priors.count,
      shapes[1][1] > (form.background ?? -1), shapes[1][1] > (form.background == nil ? 0 : 1)
    else { throw HeadMisfit(output: 1) }
    return shapes[1][1] - (form.background == nil ? 0 : 1)
  }

  func candidates(_ arrays: [HeadArray], above score: Double) -> [DetectedBox] {
    let classes = arrays[1].shape[1]
    let (first, second) = (Double(form.variances.x), Double(form.variances.y))
    var found: [DetectedBox] = []
    for (row, prior) in priors.enumerated() {
      let scores = form.activation.applied(to: (0..<classes).map { arrays[1][row * classes + $0] })
      for (index, value) in scores.enumerated() where value > score && index != form.background {
        let t = (0..<4).map { arrays[0][4 * row + $0] }
        let centre = SIMD2(prior.x + t[0] * first * prior.z, prior.y + t[1] * first * prior.w)
        let size = SIMD2(prior.z * exp(t[2] * second), prior.w * exp(t[3] * second))
        found.append(
          DetectedBox(
            classIndex: form.background.map { index > $0 ? index - 1 : index } ?? index,
            score: value, centre: centre, size: size))
      }
    }
    return found
  }
}
