import NetworkGraph
import Tensors

extension LayerWork {
  /// Whether single weights are ranked by their magnitudes, which needs no scores.
  var usesMagnitude: Bool { setting.prune.map(\.ranksByMagnitude) ?? true }

  /// How many weights go by their magnitude.
  func prunedCount() throws -> Int {
    guard let prune = setting.prune else { return 0 }
    try prune.check(layer: layer)
    let total = layer.parameters
    let count =
      switch (effective.prunedCount, prune.measure) {
      case (let decided?, _): decided
      case (nil, .amount): PruneMask.prunedCount(amount: prune.amount, of: total)
      case (nil, .percentile):
        try MagnitudeRanking([prepared], isCancelled: isCancelled)
          .counts(belowQuantile: prune.amount)[0]
      case (nil, .threshold):
        // What is equal goes, too.
        try MagnitudeRanking([prepared], isCancelled: isCancelled).counts(
          below: (prune.amount * prepared.standardDeviation(isCancelled: isCancelled)).nextUp)[0]
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

  /// The weights that stay, whatever the criterion and the pattern.
  func mask() throws -> PruneMask {
    guard let prune = setting.prune else {
      return PruneMask(keeps: [Bool](repeating: true, count: layer.parameters))
    }
    return try PruneUnits(prune, of: layer).mask(try scores(), decided: effective.prunedCount)
  }

  /// One score for each unit of the pattern.
  func scores() throws -> [Float] {
    guard let prune = setting.prune else { return [] }
    let units = try PruneUnits(prune, of: layer)
    let needs = units.criterion.needs
    return try units.scores(
      ScoringInput(
        layer: layer, weights: prepared.weights, setting: prune,
        statistics: needs.isEmpty ? nil : try statistics(needs),
        batchNormScale: prepared.batchNormScale, seed: effective.seed))
  }

  static func masked(_ weights: Tensor, _ mask: PruneMask) -> Tensor {
    var values = weights.array(of: Float.self)
    for index in values.indices where !mask.keeps[index] { values[index] = 0 }
    return Tensor(weights.shape, values)
  }
}
