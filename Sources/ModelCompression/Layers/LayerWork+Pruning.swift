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

  /// Weights after pruning: what the cut keeps of `weights`.
  struct Pruned {
    /// The original weights, or those that a mask or compensation left.
    var weights: Tensor
    /// What pruning by magnitude takes of them.
    var cut = PruneCut.none
    /// How many weights went.
    var count: Int
    /// Whether ``weights`` are the original ones.
    var isOriginal = false
  }

  /// Prunes, makes up for it, and refits, as the setting says.
  func pruned() throws -> Pruned {
    var pruned: Pruned
    if usesMagnitude {
      let count = try prunedCount()
      pruned = Pruned(
        weights: prepared.weights, cut: try cut(count), count: count, isOriginal: true)
    } else if let compensated = try compensated() {
      pruned = compensated
    } else {
      let mask = try mask()
      pruned = Pruned(weights: Self.masked(prepared.weights, mask), count: mask.prunedCount)
    }
    return needsRefit ? try refitted(pruned) : pruned
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
    return try units.scores(try scoringInput(prune, units.criterion))
  }

  /// What the criterion scores weights by.
  func scoringInput(
    _ prune: PruneSetting, _ criterion: any ImportanceCriterion
  ) throws -> ScoringInput {
    ScoringInput(
      layer: layer, weights: prepared.weights, setting: prune,
      statistics: criterion.needs.isEmpty ? nil : try statistics(criterion.needs),
      batchNormScale: prepared.batchNormScale, seed: effective.seed)
  }

  static func masked(_ weights: Tensor, _ mask: PruneMask) -> Tensor {
    var values = weights.array(of: Float.self)
    for index in values.indices where !mask.keeps[index] { values[index] = 0 }
    return Tensor(weights.shape, values)
  }
}
