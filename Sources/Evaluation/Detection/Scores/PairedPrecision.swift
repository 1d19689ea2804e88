/// How much COCO's AP at IoU .50:.95 differs between two networks on the same images, with the 95 % interval
/// of a paired bootstrap over images.
public struct PairedPrecision: Sendable {
  /// Images that are compared.
  public let images: Int
  private let baseline: ResampledPrecision
  private let plan: ResampledPrecision
  /// Whether both networks found the same boxes, for all that scores see.
  private let isSame: Bool

  /// Resamples take at most so many steps altogether.
  private static let mostSteps = 1 << 30
  /// The same while images are still to come: some hundredths of a second.
  private static let mostPartialSteps = 1 << 24
  /// Resamples while images are still to come, at most and at least: a standard error within a tenth.
  private static let partialResamples = 20...60

  /// Compares what two networks found in images.
  ///
  /// - Parameters:
  ///   - baseline: The boxes that the original found in each image.
  ///   - plan: The boxes that the plan found in each.
  ///   - truths: The boxes to be found in each.
  public init(baseline: [[ScoredBox]], plan: [[ScoredBox]], truths: [[TruthBox]]) {
    precondition(
      baseline.count == truths.count && plan.count == truths.count, "lists of different images")
    func matches(_ found: [[ScoredBox]]) -> [ImageMatches] {
      zip(found, truths).map { COCOMatcher.match($0, $1) }
    }
    self.init(
      baseline: matches(baseline), plan: matches(plan), truths: truths.map(TruthCounts.count))
  }

  init(baseline: [ImageMatches], plan: [ImageMatches], truths: [[Int: TruthCounts]]) {
    images = truths.count
    isSame = baseline == plan
    self.baseline = ResampledPrecision(matches: baseline, truths: truths)
    self.plan = ResampledPrecision(matches: plan, truths: truths)
  }

  /// Plan minus baseline; nil without objects.
  ///
  /// - Parameter draws: How often each image counts; nil for once.
  public func difference(draws: [Int]? = nil) -> Double? {
    let draws = draws ?? [Int](repeating: 1, count: images)
    guard let old = baseline.meanPrecision(draws), let new = plan.meanPrecision(draws) else {
      return nil
    }
    return new - old
  }

  /// The 95 % interval of ``difference(draws:)``: Student's, with the standard error over resamples of
  /// images.
  ///
  /// - Parameters:
  ///   - resamples: How many; nil takes ``PairedBootstrap/standardResamples``, and down to 200 for data so
  ///     large that they would take seconds.
  ///   - isCancelled: Asked before each resample.
  /// - Returns: Nil of a single image, when too few resamples hold objects, or when it was cancelled.
  public func interval95(
    resamples: Int? = nil, seed: Int = 0, isCancelled: () -> Bool = { false }
  ) -> ClosedRange<Double>? {
    // Nothing differs, in any resample.
    if isSame { return 0...0 }
    let most = Self.mostSteps / max(baseline.cost + plan.cost, 1)
    let count = resamples ?? min(max(most, 200), PairedBootstrap.standardResamples)
    guard let estimate = difference() else { return nil }
    return PairedBootstrap(count: images, resamples: count, seed: seed).studentInterval95(
      around: estimate, isCancelled: isCancelled
    ) { difference(draws: $0) }
  }

  /// The interval while images are still to come, of fewer resamples; nil as ``interval95``, and where even
  /// these would take long.
  public func partialInterval95() -> ClosedRange<Double>? {
    let range = Self.partialResamples
    let count = min(Self.mostPartialSteps / max(baseline.cost + plan.cost, 1), range.upperBound)
    return isSame || count >= range.lowerBound ? interval95(resamples: count) : nil
  }
}
