import NetworkGraph
import Tensors

extension LayerWork {
  /// Whether the weights that stay are refitted.
  var needsRefit: Bool { setting.prune?.refit == true && (setting.prune?.amount ?? 0) > 0 }

  /// The weights after a criterion that makes up for what goes; nil for other criteria.
  ///
  /// Single weights by amount are chosen while the loop goes on; with patterns and percentiles which
  /// ones go is settled before it, by the scores of the original weights.
  func compensated() throws -> Pruned? {
    guard let prune = setting.prune,
      let criterion = try prune.criterion(for: layer) as? any CompensatingCriterion
    else { return nil }
    let input = try scoringInput(prune, criterion)
    guard prune.pattern == .unstructured, prune.measure == .amount || effective.prunedCount != nil
    else {
      let mask = try mask()
      let weights = try criterion.compensated(input, keeps: mask.keeps, isCancelled: isCancelled)
      return Pruned(weights: Tensor(layer.shape, weights), count: mask.prunedCount)
    }
    let count =
      effective.prunedCount
      ?? PruneMask.prunedCount(amount: prune.amount, of: layer.parameters)
    let weights = try criterion.compensated(
      input, prunedCount: min(max(count, 0), layer.parameters), isCancelled: isCancelled)
    return Pruned(weights: Tensor(layer.shape, weights), count: count)
  }

  /// The same weights with those that stay refitted to the inputs that calibration saw.
  func refitted(_ pruned: Pruned) throws -> Pruned {
    let masked = try LayerTransform(
      weights: pruned.weights, cut: pruned.cut, quantizer: nil, isCancelled: isCancelled
    ).apply().values
    let weights = try LeastSquaresRefit().refitted(
      layer, original: prepared.weights.array(of: Float.self), pruned: masked.array(of: Float.self),
      statistics: try statistics([.inputProducts]), isCancelled: isCancelled)
    return Pruned(
      weights: Tensor(layer.shape, weights), cut: PruneCut.none, count: pruned.count)
  }
}
