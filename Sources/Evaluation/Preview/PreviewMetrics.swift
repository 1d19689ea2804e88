/// What was measured of a plan so far, paired with the original network on the same images.
///
/// Fractions are 0...1; deltas are plan minus original. Definitions: Documentation/metrics.md.
public struct PreviewMetrics: Sendable, Hashable {
  /// Top-1, top-5 and loss of one network.
  public struct Accuracy: Sendable, Hashable {
    /// Number of images with the right class first; ties go to the lowest index.
    public var correct: Int
    /// Share of images with the right class first.
    public var top1: Double
    /// Share of images with the right class among the first five (or all, when there are fewer).
    public var top5: Double
    /// Mean cross-entropy in nats.
    public var loss: Double

    /// Makes an accuracy.
    public init(correct: Int, top1: Double, top5: Double, loss: Double) {
      self.correct = correct
      self.top1 = top1
      self.top5 = top5
      self.loss = loss
    }
  }

  /// The paired difference of top-1.
  public struct Delta: Sendable, Hashable {
    /// Plan minus original.
    public var top1: Double
    /// The 95 % interval of the paired difference.
    public var interval95: ClosedRange<Double>
    /// Exact McNemar p, two-sided.
    public var p: Double
    /// Images that only the plan gets right.
    public var better: Int
    /// Images that only the original gets right.
    public var worse: Int

    /// Makes a delta.
    public init(
      top1: Double, interval95: ClosedRange<Double>, p: Double, better: Int, worse: Int
    ) {
      self.top1 = top1
      self.interval95 = interval95
      self.p = p
      self.better = better
      self.worse = worse
    }
  }

  /// Images that the numbers speak of so far.
  public var images: Int
  /// Images that were run.
  ///
  /// With fewer than ``images``, the rest follows from them: their class can't change, or is estimated.
  public var measured: Int
  /// Images in the evaluation set.
  public var total: Int
  /// The original network; nil without labels.
  public var baseline: Accuracy?
  /// The network under the plan; nil without labels.
  public var plan: Accuracy?
  /// The paired difference; nil without labels.
  public var delta: Delta?
  /// Share of images with the same first class as the original; nil when outputs are no class scores.
  public var agreement: Double?
  /// Mean Kullback-Leibler divergence from the original's class probabilities, nats; nil likewise.
  public var divergence: Double?
  /// Mean cosine between the outputs of plan and original.
  public var cosine: Double
  /// Signal to quantization noise ratio of the outputs in dB; infinity when equal.
  public var sqnr: Double
  /// The task's own figures; nil for classes, and where only agreement is known.
  public var task: TaskResult?
  /// Seconds from the start of the measurement to this result.
  public var seconds: Double
  /// How sure the numbers are.
  public var precision: MeasuredPrecision

  /// Whether every image has been measured.
  public var isComplete: Bool { images == total }

  /// Makes a set of metrics of images that were all run.
  public init(
    images: Int, total: Int, baseline: Accuracy?, plan: Accuracy?, delta: Delta?,
    agreement: Double?, divergence: Double?, cosine: Double, sqnr: Double, seconds: Double,
    precision: MeasuredPrecision = .exact
  ) {
    self.images = images
    measured = images
    self.total = total
    self.baseline = baseline
    self.plan = plan
    self.delta = delta
    self.agreement = agreement
    self.divergence = divergence
    self.cosine = cosine
    self.sqnr = sqnr
    self.seconds = seconds
    self.precision = precision
  }
}
