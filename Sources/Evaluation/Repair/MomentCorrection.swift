import ModelCompression
import Tensors

/// What has to be changed at a site so that each channel's mean, or mean and variance, are the
/// original network's again.
///
/// With m, v the original's mean and variance of a channel and m^, v^ the compressed network's,
/// y = a y^ + (m - a m^) with a = sqrt(v / v^), or a = 1 where only the mean is brought back (bias
/// correction). For a layer, a goes into the channel's weights and the rest into its bias:
/// b' = m - a (m^ - b). For a batch normalization behind the value, what it gives is to have the
/// original's moments: var' + eps = (var + eps) / a^2 and mean' = m^ - (m - mean) / a.
struct MomentCorrection: Sendable {
  /// a of each channel.
  let factors: [Double]
  private let original: ChannelMoments
  private let compressed: ChannelMoments

  /// Factors are kept within this range: beyond it, the channel is as good as gone, and noise would be
  /// made as large as the signal was.
  static let range = (1.0 / 16)...16.0
  /// A channel whose variance is below this share of its mean square is constant.
  private static let constantShare = 1e-10

  /// The correction of mean and variance.
  ///
  /// - Parameter scaling: Which factors can be applied; with `none`, means alone are brought back.
  init(
    original: ChannelMoments, compressed: ChannelMoments,
    scaling: CompressedWeights.OutputScaling
  ) {
    self.original = original
    self.compressed = compressed
    let count = original.mean.count
    switch scaling {
    case .none: factors = Array(repeating: 1, count: count)
    case .whole:
      let factor = Self.factor(
        from: compressed.variance.reduce(0, +), to: original.variance.reduce(0, +), mean: 0)
      factors = Array(repeating: factor, count: count)
    case .channels:
      let (mean, before, after) = (original.mean, original.variance, compressed.variance)
      factors = (0..<count).map { Self.factor(from: after[$0], to: before[$0], mean: mean[$0]) }
    }
  }

  /// Whether all that was measured are numbers.
  var isFinite: Bool {
    (original.mean + original.variance + compressed.mean + compressed.variance)
      .allSatisfy(\.isFinite)
  }

  private static func factor(from old: Double, to new: Double, mean: Double) -> Double {
    let least = constantShare * (new + mean * mean)
    guard new > least, old > least, old.isFinite, new.isFinite else { return 1 }
    // The factor is stored in 32 bits.
    let factor = (new / old).squareRoot()
    return Double(Float(min(max(factor, range.lowerBound), range.upperBound)))
  }

  /// What has to be added to each channel behind the factors.
  var shifts: [Double] {
    let (before, after) = (original.mean, compressed.mean)
    return factors.indices.map { before[$0] - factors[$0] * after[$0] }
  }

  /// The bias that brings the means back.
  func bias(from old: [Float]) -> [Float] {
    let (before, after) = (original.mean, compressed.mean)
    return old.enumerated().map { channel, bias in
      Float(before[channel] - factors[channel] * (after[channel] - Double(bias)))
    }
  }

  /// The running statistics that bring the output of a batch normalization back.
  func statistics(
    mean: [Float], variance: [Float], epsilon: Double
  ) -> (mean: [Float], variance: [Float]) {
    let (before, after) = (original.mean, compressed.mean)
    let means = mean.enumerated().map { channel, running in
      Float(after[channel] - (before[channel] - Double(running)) / factors[channel])
    }
    let variances = variance.enumerated().map { channel, running in
      let square = factors[channel] * factors[channel]
      return Float(max((Double(running) + epsilon) / square - epsilon, 0))
    }
    return (means, variances)
  }

  /// The same value with the correction applied, channels along the second axis or the last.
  func applied(to value: Tensor, isChannelLast: Bool) -> Tensor {
    let axis = isChannelLast ? value.rank - 1 : min(1, value.rank - 1)
    let inner = value.shape[(axis + 1)...].reduce(1, *)
    let length = value.shape[axis]
    let scales = factors.map { Float($0) }
    let offsets = shifts.map { Float($0) }
    return value.withElements(of: Float.self) { values in
      Tensor.building(value.shape) { result in
        var start = 0
        var channel = 0
        while start < values.count {
          for index in start..<(start + inner) {
            result[index] = values[index] * scales[channel] + offsets[channel]
          }
          start += inner
          channel = channel + 1 == length ? 0 : channel + 1
        }
      }
    }
  }
}
