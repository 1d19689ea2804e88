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

  /// Weights after pruning: what the cut keeps of `weights`.
  struct Pruned {
    /// The original weights, or those that a mask or compensation left.
    var weights: Tensor
    /// What pruning by magnitude takes of them.
    var cut = PruneCut.none
    /// The highest score that went.
    var cutOff: Float?
    /// Whether ``weights`` are the original ones.
    var isOriginal = false
  }

  /// Prunes, makes up for it, and refits, as the setting says.
  func pruned(_ prunedCount: Int) throws -> Pruned {
    guard !usesMagnitude else {
      let cut = try self.cut(prunedCount)
      let pruned = Pruned(
        weights: prepared.weights, cut: cut, cutOff: cut.cutOff, isOriginal: true)
      return needsRefit ? try refitted(pruned) : pruned
    }
    var pruned: Pruned
    if let compensated = try compensated(prunedCount) {
      pruned = compensated
    } else {
      let mask = PruneMask(scores: try scores(), prunedCount: prunedCount)
      pruned = Pruned(weights: Self.masked(prepared.weights, mask), cutOff: mask.cutOff)
    }
    return needsRefit ? try refitted(pruned) : pruned
  }

  func scores() throws -> [Float] {
    guard let prune = setting.prune else { return [] }
    let criterion = try prune.criterion(for: layer)
    return try criterion.scores(try scoringInput(prune, criterion))
  }

  func scoringInput(
    _ prune: PruneSetting, _ criterion: any ImportanceCriterion
  ) throws -> ScoringInput {
    ScoringInput(
      layer: layer, weights: prepared.weights, setting: prune,
      statistics: criterion.needs.isEmpty ? nil : try statistics(criterion.needs),
      seed: effective.seed)
  }

  static func masked(_ weights: Tensor, _ mask: PruneMask) -> Tensor {
    var values = weights.array(of: Float.self)
    for index in values.indices where !mask.keeps[index] { values[index] = 0 }
    return Tensor(weights.shape, values)
  }
}
