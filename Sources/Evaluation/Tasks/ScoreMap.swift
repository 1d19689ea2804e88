import Tensors

/// The class of each pixel, read off one sample's output.
struct ScoreMap {
  /// The class of each pixel, row by row.
  let best: [Int]
  /// Number of classes; nil where the output names classes and not scores.
  let classes: Int?

  /// Reads an output at a size; nil when it does not fit.
  ///
  /// Scores of another size are interpolated first, bilinearly between pixel centres without aligned
  /// corners, as PyTorch's `interpolate` does unless told otherwise; classes are not, they must fit.
  ///
  /// - Parameters:
  ///   - tensor: Scores (C, H, W) or (H, W, C), or classes (H, W) or (1, H, W) as integers.
  ///   - threshold: A single score above it is class 1, else 0.
  init?(_ tensor: Tensor, height: Int, width: Int, threshold: Float) {
    let pixels = height * width
    guard tensor.type.isFloat else {
      guard tensor.shape == [height, width] || tensor.shape == [1, height, width] else {
        return nil
      }
      best = tensor.integers
      classes = nil
      return
    }
    guard tensor.rank == 3, !tensor.shape.contains(0) else { return nil }
    let shape = tensor.shape
    let isLast = shape[0] == height && shape[1] == width && (shape[1], shape[2]) != (height, width)
    let count = isLast ? shape[2] : shape[0]
    var planes = tensor.floats
    if isLast {
      let values = planes
      for pixel in 0..<pixels {
        for place in 0..<count { planes[place * pixels + pixel] = values[pixel * count + place] }
      }
    } else if shape[1] != height || shape[2] != width {
      planes = Self.resized(
        planes, count: count, from: (shape[1], shape[2]), to: (height, width))
    }
    var best = [Int](repeating: 0, count: pixels)
    if count == 1 {
      for pixel in 0..<pixels where planes[pixel] > threshold { best[pixel] = 1 }
      classes = 2
    } else {
      var top = Array(planes[..<pixels])
      for place in 1..<count {
        for pixel in 0..<pixels where planes[place * pixels + pixel] > top[pixel] {
          top[pixel] = planes[place * pixels + pixel]
          best[pixel] = place
        }
      }
      classes = count
    }
    self.best = best
  }

  private static func resized(
    _ planes: [Float], count: Int, from: (Int, Int), to: (Int, Int)
  ) -> [Float] {
    let rows = weights(from.0, to.0)
    let columns = weights(from.1, to.1)
    var result: [Float] = []
    result.reserveCapacity(count * to.0 * to.1)
    for plane in 0..<count {
      let start = plane * from.0 * from.1
      for row in rows {
        for column in columns {
          func value(_ y: Int, _ x: Int) -> Float { planes[start + y * from.1 + x] }
          let upper =
            value(row.low, column.low) * (1 - column.share) + value(row.low, column.high)
            * column.share
          let lower =
            value(row.high, column.low) * (1 - column.share)
            + value(row.high, column.high) * column.share
          result.append(upper * (1 - row.share) + lower * row.share)
        }
      }
    }
    return result
  }

  private static func weights(_ from: Int, _ to: Int) -> [(low: Int, high: Int, share: Float)] {
    let scale = Float(from) / Float(to)
    return (0..<to).map { place in
      let center = max((Float(place) + 0.5) * scale - 0.5, 0)
      let low = min(Int(center), from - 1)
      return (low, min(low + 1, from - 1), center - Float(low))
    }
  }
}
