/// What a plan's `defaults` or one entry of its `layers` states.
///
/// Each block counts by itself: for a layer, `prune`, `weights` and `activations` are each taken from
/// the most specific rule that states them.
public struct PlanRule: Sendable, Hashable {
  /// What a rule says about one block.
  public enum Block<Setting: Sendable & Hashable>: Sendable, Hashable {
    /// Nothing: a less specific rule decides.
    case unstated
    /// Switched off (`null`).
    case off
    /// Set.
    case set(Setting)

    /// The setting; nil unless set.
    public var setting: Setting? {
      if case .set(let setting) = self { setting } else { nil }
    }
  }

  /// Pruning.
  public var prune: Block<PruneSetting>
  /// Quantization of weights.
  public var weights: Block<WeightQuantization>
  /// Quantization of inputs.
  public var activations: Block<ActivationQuantization>

  /// Makes a rule; one without arguments states nothing.
  public init(
    prune: Block<PruneSetting> = .unstated, weights: Block<WeightQuantization> = .unstated,
    activations: Block<ActivationQuantization> = .unstated
  ) {
    self.prune = prune
    self.weights = weights
    self.activations = activations
  }

  /// The rule `null`: leave the layer alone.
  public static let leaveAlone = PlanRule(prune: .off, weights: .off, activations: .off)

  /// Whether the rule says nothing.
  public var isEmpty: Bool {
    prune == .unstated && weights == .unstated && activations == .unstated
  }
}
