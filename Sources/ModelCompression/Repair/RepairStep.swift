/// One way to bring a compressed network nearer to the original without labels or training: an entry
/// of the list `repair` at a plan's top level.
public enum RepairStep: String, Sendable, Hashable, CaseIterable {
  /// Bias correction (1906.04721, section 4.2): b' = b - (E[y^] - E[y]) for each output channel y of a
  /// changed layer, where y^ is measured in the compressed network with everything before repaired.
  ///
  /// With unchanged inputs that is b - (W^ - W) E[x].
  case bias
  /// Mean and variance of each output channel of a changed layer are those of the original network
  /// again: by the running statistics of the batch normalization behind it, or, where that is folded,
  /// by the channel's weights (or scales) and bias.
  case batchnorm
}
