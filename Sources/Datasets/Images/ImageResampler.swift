import Tensors

/// Bilinear resizing with antialiasing, bit for bit as Pillow's `resize(..., BILINEAR)` of 8-bit images,
/// which is what torchvision's `Resize` does with image files.
///
/// A triangle filter as wide as the reduction, horizontally and then vertically, with weights of 22
/// fractional bits and rounding to 8 bits in between.
struct ImageResampler {
  private static let precision = 22

  /// For every output position: the first input position, and where its weights lie.
  fileprivate struct Weights {
    var first: [Int] = []
    var range: [Range<Int>] = []
    var values: [Int32] = []
  }

  /// Resizes a uint8 image (C, H, W).
  static func resize(_ image: Tensor, height: Int, width: Int) -> Tensor {
    var image = image
    let channels = image.shape[0]
    if width != image.shape[2] {
      let rows = channels * image.shape[1]
      image = pass(
        image, Weights(from: image.shape[2], to: width), shape: [channels, image.shape[1], width],
        lines: rows, lineStart: { $0 * $1 }, step: 1)
    }
    if height != image.shape[1] {
      let old = image.shape[1]
      image = pass(
        image, Weights(from: old, to: height), shape: [channels, height, width],
        lines: channels * width, lineStart: { ($0 / width) * $1 * width + $0 % width },
        step: width)
    }
    return image
  }

  /// Filters every line; `lineStart(line, length)` is the position of its first pixel, `step` the
  /// distance of its pixels.
  private static func pass(
    _ image: Tensor, _ weights: Weights, shape: [Int], lines: Int,
    lineStart: (Int, Int) -> Int, step: Int
  ) -> Tensor {
    let (old, new) = (lines == 0 ? 0 : image.count / lines, weights.first.count)
    return .building(shape, of: UInt8.self) { out in
      image.withElements(of: UInt8.self) { pixels in
        weights.values.withUnsafeBufferPointer { values in
          for line in 0..<lines {
            let (from, to) = (lineStart(line, old), lineStart(line, new))
            for position in 0..<new {
              var sum = Int32(1) << Int32(precision - 1)
              var at = from + weights.first[position] * step
              for index in weights.range[position] {
                sum &+= Int32(pixels[at]) &* values[index]
                at += step
              }
              out[to + position * step] = UInt8(clamping: sum >> Int32(precision))
            }
          }
        }
      }
    }
  }
}

extension ImageResampler.Weights {
  /// Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` for a triangle filter.
  fileprivate init(from old: Int, to new: Int) {
    let scale = Double(old) / Double(new)
    let support = max(scale, 1)
    let inverse = 1 / support
    for position in 0..<new {
      let center = (Double(position) + 0.5) * scale
      let start = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), old)
      var line: [Double] = []
      for x in start..<max(end, start) {
        line.append(max(0, 1 - abs((Double(x) - center + 0.5) * inverse)))
      }
      let sum = line.reduce(0, +)
      first.append(start)
      range.append(values.count..<values.count + line.count)
      for weight in line {
        let share = sum == 0 ? weight : weight / sum
        values.append(Int32(0.5 + share * Double(1 << 22)))
      }
    }
  }
}
