/// What is done to one layer: nothing, pruning, quantization, or both in that order.
public struct LayerSetting: Sendable, Hashable {
  /// Pruning; nil for none.
  public var prune: PruneSetting?
  /// Quantization; nil keeps 32-bit floats.
  public var weights: WeightQuantization?

  /// A layer left alone, unless told otherwise.
  public init(prune: PruneSetting? = nil, weights: WeightQuantization? = nil) {
    self.prune = prune
    self.weights = weights
  }

  /// Whether the weights stay as they are.
  public var isUntouched: Bool { (prune == nil || prune?.amount == 0) && weights == nil }
}
