/// A plan applied to the layers of one model: what happens to each.
public struct PlanResolution: Sendable, Hashable {
  /// Which rules decided over a layer: keys of ``CompressionPlan/layers``, or `defaults`.
  public struct Origin: Sendable, Hashable {
    /// The rule that stated pruning; nil when none did.
    public var prune: String?
    /// The rule that stated quantization of weights; nil when none did.
    public var weights: String?
    /// The rule that stated quantization of inputs; nil when none did.
    public var activations: String?

    /// Makes an origin.
    public init(prune: String? = nil, weights: String? = nil, activations: String? = nil) {
      self.prune = prune
      self.weights = weights
      self.activations = activations
    }
  }

  /// The setting of each layer, in layer order.
  public var settings: [LayerSetting]
  /// Which rules decided, in layer order.
  public var origins: [Origin]
  /// What the user should know: rules that match no layer, rules that others override.
  public var notices: [String]

  /// Makes a resolution.
  public init(settings: [LayerSetting], origins: [Origin], notices: [String]) {
    self.settings = settings
    self.origins = origins
    self.notices = notices
  }
}
