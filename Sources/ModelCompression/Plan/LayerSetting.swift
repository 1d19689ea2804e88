/// What is done to one layer: nothing, pruning, quantization of its weights, or both in that order; and
/// quantization of what flows into it.
public struct LayerSetting: Sendable, Hashable {
  /// Pruning; nil for none.
  public var prune: PruneSetting?
  /// Quantization; nil keeps 32-bit floats.
  public var weights: WeightQuantization?
  /// Quantization of the layer's inputs; nil keeps 32-bit floats.
  public var activations: ActivationQuantization?

  /// A layer left alone, unless told otherwise.
  public init(
    prune: PruneSetting? = nil, weights: WeightQuantization? = nil,
    activations: ActivationQuantization? = nil
  ) {
    self.prune = prune
    self.weights = weights
    self.activations = activations
  }

  /// Whether the weights stay as they are.
  public var isUntouched: Bool { (prune == nil || prune?.amount == 0) && weights == nil }
}
