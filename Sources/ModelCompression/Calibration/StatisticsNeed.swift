/// What a criterion or a quantizer has to know of a layer besides its weights.
public enum StatisticsNeed: String, Sendable, Hashable, CaseIterable {
  /// Mean and mean square of every input column.
  case inputMoments
  /// Mean products of all pairs of input columns.
  case inputProducts
  /// Size and zeros of what comes out of the layer after its activation.
  case outputActivations
  /// Mean and mean square of the loss's gradient with respect to each weight.
  case gradients
}
