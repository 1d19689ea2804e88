import Foundation

/// The difference between two networks on the same images, which is far surer than the difference
/// of two separate accuracies.
///
/// With b images that only the original gets right and c that only the plan does:
/// delta = (c - b) / n, se = sqrt(b + c - (c - b)^2 / n) / n, interval = delta +- 1.96 se.
/// Where b = c = 0 that would be certainty from a sample. The rule of three stands in for it: a share
/// of differing images above q = 1 - 0.05^(1/n), about 3 / n, would have shown one with 95 %
/// probability, and the difference can't be larger than that share; interval = 0 +- q.
/// p is McNemar's, exact: the two-sided binomial probability of a split at least as uneven.
public struct PairedDifference: Sendable {
  /// Images that only the original gets right.
  public let worse: Int
  /// Images that only the plan gets right.
  public let better: Int
  /// All images.
  public let images: Int

  /// Makes a difference from the images that only one of the two gets right.
  public init(worse: Int, better: Int, images: Int) {
    self.worse = worse
    self.better = better
    self.images = images
  }

  /// Plan minus original, as a fraction.
  public var delta: Double { images == 0 ? 0 : Double(better - worse) / Double(images) }

  /// The 95 % interval of ``delta``.
  public var interval95: ClosedRange<Double> {
    guard images > 0 else { return -1...1 }
    let n = Double(images)
    let changed = Double(better + worse)
    if changed == 0 {
      let share = 1 - Foundation.pow(0.05, 1 / n)
      return -share...share
    }
    let net = Double(better - worse)
    let half = 1.959964 * max(changed - net * net / n, 0).squareRoot() / n
    return (delta - half)...(delta + half)
  }

  /// McNemar's exact p, two-sided; 1 when nothing changed.
  public var p: Double {
    let n = better + worse
    guard n > 0 else { return 1 }
    let tail = min(better, worse)
    let logHalf = Double(n) * Foundation.log(0.5)
    var sum = 0.0
    for k in 0...tail {
      let logChoose =
        lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
      sum += Foundation.exp(logChoose + logHalf)
    }
    return min(1, 2 * sum)
  }
}
