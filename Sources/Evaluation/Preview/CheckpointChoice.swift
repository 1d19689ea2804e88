/// Chooses the positions at which activations are kept, so that edits of any layer start as late as
/// a number of bytes allows.
///
/// An edit of a layer starts at the deepest kept position in front of it and saves what comes before.
/// The sum of what is saved, over all layers, is made as large as possible: exactly, by dynamic
/// programming over positions and bytes in 64 steps.
struct CheckpointChoice {
  private static let byteSteps = 64
  /// Enough for the deepest networks; more would only make choosing slow.
  private static let candidateLimit = 160

  private struct Candidate {
    var position: Int
    /// Byte steps, rounded up.
    var weight: Int
    /// Cost of everything before.
    var saving: Double
    /// Layers that come before the position.
    var layersBefore: Int
  }

  /// The chosen positions, ascending.
  ///
  /// - Parameters:
  ///   - costs: What the graph costs.
  ///   - layers: Positions of the layers' first nodes.
  ///   - samples: Samples whose activations are kept.
  ///   - budget: Bytes for all of them.
  static func positions(
    costs: GraphCosts, layers: [Int], samples: Int, budget: Int
  ) -> [Int] {
    guard budget > 0, samples > 0 else { return [] }
    let layers = layers.sorted()
    let candidates = candidates(costs, layers, samples: samples, budget: budget)
    let steps = byteSteps
    // best[i][b]: the most that layers in front of later candidates save with i as the last one kept
    // and at most b steps of bytes; without the layers behind i.
    var best: [[Double]] = []
    var previous: [[Int]] = []
    for (index, candidate) in candidates.enumerated() {
      var own = [Double](repeating: -1, count: steps + 1)
      var from = [Int](repeating: -1, count: steps + 1)
      for bytes in stride(from: candidate.weight, through: steps, by: 1) {
        own[bytes] = 0
        let rest = bytes - candidate.weight
        for earlier in 0..<index where best[earlier][rest] >= 0 {
          let between = candidate.layersBefore - candidates[earlier].layersBefore
          let saved = best[earlier][rest] + candidates[earlier].saving * Double(between)
          if saved > own[bytes] { (own[bytes], from[bytes]) = (saved, earlier) }
        }
      }
      best.append(own)
      previous.append(from)
    }
    func total(_ index: Int) -> Double {
      guard best[index][steps] >= 0 else { return -1 }
      let behind = layers.count - candidates[index].layersBefore
      return best[index][steps] + candidates[index].saving * Double(behind)
    }
    var chosen: [Int] = []
    var bytes = steps
    var last = candidates.indices.filter { total($0) > 0 }.max { total($0) < total($1) } ?? -1
    while last >= 0 {
      chosen.append(candidates[last].position)
      let earlier = previous[last][bytes]
      bytes -= candidates[last].weight
      last = earlier
    }
    return chosen.reversed()
  }

  /// For each layer its own input, and the narrowest cut since the layer before.
  private static func candidates(
    _ costs: GraphCosts, _ layers: [Int], samples: Int, budget: Int
  ) -> [Candidate] {
    var positions: Set<Int> = []
    var start = 1
    for layer in layers where layer > 0 {
      positions.insert(layer)
      let between = start...max(layer, start)
      if let narrow = between.min(by: { (costs.liveBytes[$0], -$0) < (costs.liveBytes[$1], -$1) }) {
        positions.insert(narrow)
      }
      start = layer + 1
    }
    let step = Double(budget) / Double(byteSteps)
    var all = positions.sorted().map { position in
      Candidate(
        position: position,
        weight: Int((Double(costs.liveBytes[position]) * Double(samples) / step).rounded(.up)),
        saving: costs.before[position],
        layersBefore: layers.prefix { $0 < position }.count)
    }.filter { $0.weight <= byteSteps }
    if all.count > candidateLimit {
      let stride = Double(all.count) / Double(candidateLimit)
      all = (0..<candidateLimit).map { all[Int(Double($0) * stride)] }
    }
    return all
  }
}
