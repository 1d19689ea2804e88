import NetworkGraph
import Tensors

extension LayerWork {
  /// Whether the scores are magnitudes, which are ranked without making them.
  var usesMagnitude: Bool { setting.prune.map(\.isByMagnitude) ?? true }

  func prunedCount() throws -> Int {
    guard let prune = setting.prune else { return 0 }
    try prune.check(layer: layer)
    let total = layer.parameters
    let count =
      switch (effective.prunedCount, prune.measure) {
      case (let decided?, _): decided
      case (nil, .amount): PruneMask.prunedCount(amount: prune.amount, of: total)
      case (nil, .percentile):
        usesMagnitude
          ? try MagnitudeRanking([prepared], isCancelled: isCancelled)
            .counts(belowQuantile: prune.amount)[0]
          : PruneMask.prunedCounts(belowQuantile: prune.amount, pooling: [try scores()])[0]
      }
    guard (0...total).contains(count) else {
      throw EngineError(
        .invalidArgument, subject: "layer '\(layer.name)'",
        problem: "\(count) of \(total) weights can't be pruned")
    }
    return count
  }

  func cut(_ prunedCount: Int) throws -> PruneCut {
    guard prunedCount > 0 else { return .none }
    return try MagnitudeRanking([prepared], isCancelled: isCancelled).cut(prunedCount: prunedCount)
  }

  func scores() throws -> [Float] {
    guard let prune = setting.prune else { return [] }
    let criterion = try prune.criterion(for: layer)
    return try criterion.scores(
      ScoringInput(
        layer: layer, weights: prepared.weights, setting: prune,
        statistics: criterion.needs.isEmpty ? nil : try statistics(criterion.needs),
        seed: effective.seed))
  }

  static func masked(_ weights: Tensor, _ mask: PruneMask) -> Tensor {
    var values = weights.array(of: Float.self)
    for index in values.indices where !mask.keeps[index] { values[index] = 0 }
    return Tensor(weights.shape, values)
  }
}
