import ModelCompression

/// What a search found, measured on images that it did not search on.
public struct SearchResult: Sendable {
  /// A plan that gives every free layer the same setting, for comparison.
  public struct Uniform: Sendable {
    /// The setting of all free layers.
    public var setting: LayerSetting
    /// The plan.
    public var plan: CompressionPlan
    /// Exact stored bytes.
    public var bytes: Int
    /// Measured on the report images.
    public var metrics: PreviewMetrics

    /// Makes a comparison.
    public init(
      setting: LayerSetting, plan: CompressionPlan, bytes: Int, metrics: PreviewMetrics
    ) {
      self.setting = setting
      self.plan = plan
      self.bytes = bytes
      self.metrics = metrics
    }
  }

  /// The plan.
  public var plan: CompressionPlan
  /// Exact stored bytes: ``SizeSummary/stored``.
  public var bytes: Int
  /// Measured on the report images.
  public var metrics: PreviewMetrics
  /// Measured on the search images: flattering, since the plan was chosen by them.
  public var searchMetrics: PreviewMetrics
  /// Images that the search looked at.
  public var searchImages: Int
  /// Images that ``metrics`` and ``front`` come from; none of them was searched on.
  public var reportImages: Int
  /// Plans measured, single layers included.
  public var evaluations: Int
  /// Seconds from start to end.
  public var seconds: Double
  /// Plans over the range of sizes, by ascending bytes, chosen on the search images and measured on
  /// the report images.
  public var front: [FrontPoint]
  /// The best plan of at most the same size limit that treats all free layers alike, chosen on the
  /// search images as the plan was; nil when there is none.
  public var uniform: Uniform?
  /// What the user should know.
  public var notices: [String]

  /// Makes a result.
  public init(
    plan: CompressionPlan, bytes: Int, metrics: PreviewMetrics, searchMetrics: PreviewMetrics,
    searchImages: Int, reportImages: Int, evaluations: Int, seconds: Double, front: [FrontPoint],
    uniform: Uniform?, notices: [String]
  ) {
    self.plan = plan
    self.bytes = bytes
    self.metrics = metrics
    self.searchMetrics = searchMetrics
    self.searchImages = searchImages
    self.reportImages = reportImages
    self.evaluations = evaluations
    self.seconds = seconds
    self.front = front
    self.uniform = uniform
    self.notices = notices
  }
}
