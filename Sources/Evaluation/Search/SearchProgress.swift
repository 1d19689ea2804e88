import ModelCompression

/// How far a search has come, and what could be taken from it now.
public struct SearchProgress: Sendable, Hashable {
  /// What a search is doing, in order; the raw value is the word to show.
  public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Every setting of every layer is tried on the weights alone.
    case weights
    /// Layers are measured one by one at their settings.
    case curves
    /// Plans that the curves suggest are measured over the range of sizes.
    case front
    /// The best plan is improved by measured exchanges.
    case passes
    /// The result is measured on the images set aside for the report.
    case report
  }

  /// What the search is doing.
  public var phase: Phase
  /// Plans measured so far, single layers included.
  public var evaluations: Int
  /// Estimate of the share of the work that is done, 0...1.
  public var fraction: Double
  /// The best plan so far that meets the goal as far as is known; it can be taken at any time.
  public var best: CompressionPlan
  /// Exact stored bytes of ``best``.
  public var bytes: Int
  /// What was measured of ``best`` on the search images; nil as long as only its weights are known.
  public var metrics: PreviewMetrics?
  /// The harm of ``best``, as the search measures it: mean Kullback-Leibler divergence of class
  /// probabilities in nats, or 1 - cosine where outputs are no class scores; nil like ``metrics``.
  public var harm: Double?
  /// The measured plans that no other beats, by ascending bytes, measured on the search images.
  public var front: [FrontPoint]

  /// Whether ``best`` comes from the search, not only from the start plan.
  public var isUsable: Bool { phase != .weights || metrics != nil }

  /// Makes a progress.
  public init(
    phase: Phase, evaluations: Int, fraction: Double, best: CompressionPlan, bytes: Int,
    metrics: PreviewMetrics?, harm: Double?, front: [FrontPoint]
  ) {
    self.phase = phase
    self.evaluations = evaluations
    self.fraction = fraction
    self.best = best
    self.bytes = bytes
    self.metrics = metrics
    self.harm = harm
    self.front = front
  }
}
