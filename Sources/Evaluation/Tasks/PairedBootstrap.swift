import Datasets

/// The bootstrap (Efron 1979) of a statistic over samples that both networks were measured on:
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
    guard var values = values(isCancelled: isCancelled, of: statistic) else { return nil }
    values.sort()
    return Self.percentile(0.025, of: values)...Self.percentile(0.975, of: values)
  }

  /// The 95 % t interval with the bootstrap's standard error: the estimate, and on either side
  /// t(n - 1) sqrt(n / (n - 1)) standard deviations of the statistic over resamples.
  ///
  /// For few samples, and statistics that resamples shift, it is right more often than percentiles, which are
  /// too close together by a tenth for 20 samples (Hesterberg, What Teachers Should Know About the Bootstrap,
  /// 2015, 1411.5279, sections 4.4 and 5.3); and a tenth of the resamples is enough.
  ///
  /// - Parameters:
  ///   - estimate: The statistic of the samples as they are.
  ///   - isCancelled, statistic: As for ``interval95(isCancelled:of:)``.
  /// - Returns: Nil of one sample, and where percentiles are nil.
  public func studentInterval95(
    around estimate: Double, isCancelled: () -> Bool = { false },
    of statistic: (_ draws: [Int]) -> Double?
  ) -> ClosedRange<Double>? {
    guard count > 1, let values = values(isCancelled: isCancelled, of: statistic) else {
      return nil
    }
    let half = Self.halfWidth(values, samples: count)
    return (estimate - half)...(estimate + half)
  }

  /// Half of a 95 % t interval, from a statistic's values over resamples of `samples` samples.
  static func halfWidth(_ values: [Double], samples: Int) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(max(values.count - 1, 1))).squareRoot()
    // A resample of n samples varies by (n - 1) / n of what n new ones would.
    let growth = (Double(samples) / Double(samples - 1)).squareRoot()
    return StudentQuantile.at975(freedom: samples - 1) * growth * deviation
  }

  /// The statistic of each resample that has one; nil when fewer than nine in ten have.
  private func values(
    isCancelled: () -> Bool, of statistic: (_ draws: [Int]) -> Double?
  ) -> [Double]? {
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
    return values
  }

  /// The percentile of sorted values, between neighbours by linear interpolation.
  private static func percentile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
}
