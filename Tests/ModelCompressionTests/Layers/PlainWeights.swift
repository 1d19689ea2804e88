import ModelCompression
import NetworkGraph
import Tensors

/// A layer's compression written down plainly, by sorting and one weight at a time: what the fast one
/// has to agree with bit for bit.
struct PlainWeights {
  var values: [Float]
  var codes: [Int] = []
  var scales: [Float] = []
  var zeroPoints: [Int] = []
  var zeroCount: Int { values.count { $0 == 0 } }

  /// Prunes the `prunedCount` lowest magnitudes, of equal ones the lower index first.
  init(_ weights: [Float], prunedCount: Int) {
    values = weights
    let order = weights.indices.sorted {
      (weights[$0].magnitude, $0) < (weights[$1].magnitude, $1)
    }
    for index in order.prefix(prunedCount) { values[index] = 0 }
  }

  /// Quantizes what is left; `scaleOf` gives each weight's scale.
  mutating func quantize(
    bits: Int, scheme: WeightQuantization.Scheme, scaleCount: Int, scaleOf: (Int) -> Int
  ) {
    var low = [Float](repeating: 0, count: scaleCount)
    var high = low
    for (index, value) in values.enumerated() {
      let scale = scaleOf(index)
      low[scale] = min(low[scale], value)
      high[scale] = max(high[scale], value)
    }
    let isSymmetric = scheme == .symmetric
    let limit = Float(isSymmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1)
    for (low, high) in zip(low, high) {
      var scale = isSymmetric ? max(-low, high) / limit : (high - low) / limit
      if scale.isInfinite { scale = high / limit - low / limit }
      if !(scale > 0) { scale = 1 }
      let zero = isSymmetric ? 0 : (-low / scale).rounded(.toNearestOrEven)
      scales.append(scale)
      zeroPoints.append(Int(max(min(zero, limit), 0)))
    }
    for index in values.indices {
      let scale = scaleOf(index)
      let zero = Float(zeroPoints[scale])
      let rounded = (values[index] / scales[scale]).rounded(.toNearestOrEven) + zero
      let code = max(min(rounded, limit), isSymmetric ? -limit : 0)
      codes.append(Int(code))
      values[index] = (code - zero) * scales[scale]
    }
  }

  /// The scale of each weight at a granularity, and how many scales there are.
  static func scales(
    _ granularity: WeightQuantization.Granularity, _ layer: CompressibleLayer
  ) -> (count: Int, scaleOf: (Int) -> Int) {
    let shape = layer.shape
    func position(_ flat: Int) -> [Int] {
      var rest = flat
      return shape.reversed().map { length in
        defer { rest /= length }
        return rest % length
      }.reversed()
    }
    switch granularity {
    case .tensor: return (1, { _ in 0 })
    case .channel:
      return (shape[layer.outputAxis], { position($0)[layer.outputAxis] })
    case .group(let size):
      var blocks = shape
      blocks[layer.inputAxis] = (shape[layer.inputAxis] + size - 1) / size
      return (
        blocks.reduce(1, *),
        { flat in
          var place = position(flat)
          place[layer.inputAxis] /= size
          return zip(place, blocks).reduce(0) { $0 * $1.1 + $1.0 }
        }
      )
    }
  }
}
