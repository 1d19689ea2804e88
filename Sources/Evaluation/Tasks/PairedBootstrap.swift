import Datasets

/// The percentile bootstrap (Efron 1979) of a statistic over samples that both networks were measured on:
/// drawing the same samples for both keeps the pairing, and with it most of the noise out of their
/// difference.
public struct PairedBootstrap: Sendable {
  /// Resamples where nothing else is said: enough for the second digit of the ends of a 95 % interval.
  public static let standardResamples = 1000

  /// Samples.
  public let count: Int
  /// Resamples.
  public let resamples: Int
  /// Seed of the draws.
  public let seed: Int

  /// Makes a bootstrap; the same seed draws the same samples everywhere.
  public init(count: Int, resamples: Int = PairedBootstrap.standardResamples, seed: Int = 0) {
    self.count = count
    self.resamples = resamples
    self.seed = seed
  }

  /// The 95 % interval of a statistic: the 2.5th and 97.5th percentile of its values over resamples,
  /// interpolated linearly as NumPy does.
  ///
  /// - Parameters:
  ///   - isCancelled: Asked before each resample; nothing is found when it says so.
  ///   - statistic: Computes it from how often each sample was drawn; nil where it is not defined, and
  ///     such resamples are left out.
  /// - Returns: Nil when fewer than nine in ten resamples give a value.
  public func interval95(
    isCancelled: () -> Bool = { false }, of statistic: (_ draws: [Int]) -> Double?
  ) -> ClosedRange<Double>? {
    guard count > 0 else { return nil }
    var random = SplitMix64(seed: seed)
    var draws = [Int](repeating: 0, count: count)
    var values: [Double] = []
    values.reserveCapacity(resamples)
    for _ in 0..<resamples {
      if isCancelled() { return nil }
      for index in draws.indices { draws[index] = 0 }
      for _ in 0..<count { draws[random.next(below: count)] += 1 }
      if let value = statistic(draws), value.isFinite { values.append(value) }
    }
    guard values.count * 10 >= resamples * 9, !values.isEmpty else { return nil }
    values.sort()
    return Self.percentile(0.025, of: values)...Self.percentile(0.975, of: values)
  }

  /// The percentile of sorted values, between neighbours by linear interpolation.
  private static func percentile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
}
