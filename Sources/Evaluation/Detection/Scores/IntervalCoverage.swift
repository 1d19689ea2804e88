import Datasets
import Execution
import Synchronization

/// How often the interval of ``PairedPrecision`` is right: subsamples of images are drawn from a set, and
/// the interval of each is looked at for the difference over the whole set.
public struct IntervalCoverage: Sendable, Hashable {
  /// Images of the whole set.
  public let images: Int
  /// Images of a subsample.
  public let size: Int
  /// Subsamples that were drawn in either way.
  public let subsamples: Int
  /// The difference over the whole set.
  public let difference: Double
  /// Share of the subsamples drawn with replacement, as from a population that the set is the whole of,
  /// whose interval holds the difference.
  public let withReplacement: Double
  /// The same of subsamples without replacement, their intervals narrower by sqrt(1 - size / images), the
  /// finite-population correction; nil when they would be the whole set.
  public let withoutReplacement: Double?
}

extension PairedPrecision {
  /// Draws subsamples and counts whose interval holds ``difference(draws:)`` of all images.
  ///
  /// - Parameters:
  ///   - size: Images of a subsample, from 2 on.
  ///   - subsamples: How many.
  ///   - resamples: Resamples of each, for its interval.
  ///   - seed: Seed of the draws; results do not depend on the number of threads.
  /// - Returns: Nil without objects.
  /// - Throws: `CancellationError`.
  public func coverage(
    size: Int, subsamples: Int = 1000, resamples: Int = 200, seed: Int = 0, pool: WorkerPool
  ) async throws -> IntervalCoverage? {
    precondition(size > 1 && subsamples > 0, "\(subsamples) subsamples of \(size)")
    guard let whole = difference() else { return nil }
    let counts = Mutex((with: 0, without: 0))
    let correction = (1 - min(1, Double(size) / Double(images))).squareRoot()
    try await pool.forEach(subsamples, isCancelled: { Task.isCancelled }) { round in
      var random = SplitMix64(seed: seed &* 1_000_003 &+ round)
      let drawn = (0..<size).map { _ in random.next(below: images) }
      let isWith = holds(whole, in: drawn, correction: 1, resamples, &random)
      var isWithout = false
      if size < images {
        var order = Array(0..<images)
        random.shuffle(&order)
        isWithout = holds(
          whole, in: Array(order.prefix(size)), correction: correction, resamples, &random)
      }
      counts.withLock { counts in
        if isWith { counts.with += 1 }
        if isWithout { counts.without += 1 }
      }
    }
    try Task.checkCancellation()
    let found = counts.withLock { $0 }
    return IntervalCoverage(
      images: images, size: size, subsamples: subsamples, difference: whole,
      withReplacement: Double(found.with) / Double(subsamples),
      withoutReplacement: size < images ? Double(found.without) / Double(subsamples) : nil)
  }

  /// Whether the interval of the images drawn holds a difference.
  private func holds(
    _ whole: Double, in drawn: [Int], correction: Double, _ resamples: Int,
    _ random: inout SplitMix64
  ) -> Bool {
    func draws(_ picked: some Sequence<Int>) -> [Int] {
      picked.reduce(into: [Int](repeating: 0, count: images)) { $0[$1] += 1 }
    }
    guard let estimate = difference(draws: draws(drawn)) else { return false }
    let values = (0..<resamples).compactMap { _ in
      difference(draws: draws(drawn.indices.map { _ in drawn[random.next(below: drawn.count)] }))
    }
    let half = PairedBootstrap.halfWidth(values, samples: drawn.count) * correction
    return abs(estimate - whole) <= half
  }
}
