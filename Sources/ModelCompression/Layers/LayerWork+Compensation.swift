import NetworkGraph
import Tensors

extension LayerWork {
  /// Whether the weights that stay are refitted.
  var needsRefit: Bool { setting.prune?.refit == true && (setting.prune?.amount ?? 0) > 0 }

  /// The weights after a criterion that makes up for what goes; nil for other criteria.
  func compensated(_ prunedCount: Int) throws -> Pruned? {
    guard prunedCount > 0, let prune = setting.prune,
      let criterion = try prune.criterion(for: layer) as? any CompensatingCriterion
    else { return nil }
    let weights = try criterion.compensated(
      try scoringInput(prune, criterion), prunedCount: prunedCount, isCancelled: isCancelled)
    return Pruned(weights: Tensor(layer.shape, weights))
  }

  /// The same weights with those that stay refitted to the inputs that calibration saw.
  func refitted(_ pruned: Pruned) throws -> Pruned {
    let masked = try LayerTransform(
      weights: pruned.weights, cut: pruned.cut, quantizer: nil, isCancelled: isCancelled
    ).apply().values
    let weights = try LeastSquaresRefit().refitted(
      layer, original: prepared.weights.array(of: Float.self), pruned: masked.array(of: Float.self),
      statistics: try statistics([.inputProducts]), isCancelled: isCancelled)
    return Pruned(weights: Tensor(layer.shape, weights), cutOff: pruned.cutOff)
  }
}
