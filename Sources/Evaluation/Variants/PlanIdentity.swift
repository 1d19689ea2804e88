import ModelCompression

/// What a plan's results depend on: equal identities give equal numbers.
struct PlanIdentity: Hashable, Sendable {
  /// The plan-wide steps; nil for none.
  var steps: PlanSteps?
  /// What each layer's weights depend on; nil for layers left alone.
  var layers: [EffectiveSetting?]
  /// How activations are rounded, by layer.
  var rounding: [String: ActivationQuantization] = [:]
}
