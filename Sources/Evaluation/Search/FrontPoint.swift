import ModelCompression

/// A measured plan that no other measured plan beats in both size and quality.
public struct FrontPoint: Sendable, Hashable {
  /// Exact stored bytes: ``SizeSummary/stored``.
  public var bytes: Int
  /// Share of images with the right class first; nil without labels or class scores.
  public var top1: Double?
  /// Share of images with the same first class as the original; nil without class scores.
  public var agreement: Double?
  /// Mean cosine between the outputs of plan and original.
  public var cosine: Double
  /// The figure that plans are judged by: ``PreviewMetrics/headline``.
  public var headline: TaskFigure
  /// What the search minimizes, measured on the search images; see ``SearchProgress/harm``.
  public var harm: Double
  /// Images behind ``top1``, ``agreement`` and ``cosine``.
  public var images: Int
  /// The plan.
  public var plan: CompressionPlan

  /// Makes a point.
  public init(
    bytes: Int, top1: Double?, agreement: Double?, cosine: Double, headline: TaskFigure,
    harm: Double, images: Int, plan: CompressionPlan
  ) {
    self.bytes = bytes
    self.top1 = top1
    self.agreement = agreement
    self.cosine = cosine
    self.headline = headline
    self.harm = harm
    self.images = images
    self.plan = plan
  }
}
