import ModelCompression

/// A plan measured in this session: a point of the Pareto plot.
public struct MeasuredPoint: Sendable {
  /// The plan.
  public var plan: CompressionPlan
  /// Exact stored bytes.
  public var storedBytes: Int
  /// Top-1, or agreement with the original when there are no labels.
  public var quality: Double
  /// Images it was measured on.
  public var images: Int

  /// The search that measured it; nil for the workbench itself.
  public var search: Int?
  /// What the plan does, in words.
  public var summary: String

  /// Makes a point.
  public init(
    plan: CompressionPlan, storedBytes: Int, quality: Double, images: Int, search: Int? = nil,
    summary: String = ""
  ) {
    self.plan = plan
    self.storedBytes = storedBytes
    self.quality = quality
    self.images = images
    self.search = search
    self.summary = summary
  }
}
