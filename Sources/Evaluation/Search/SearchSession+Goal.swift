import ModelCompression
import Tensors

/// Goals: what they allow, and whether they can be met.
extension SearchSession {
  /// What the plan may cost, all layers together; nil where a drop is the goal.
  ///
  /// - Throws: ``EngineError`` with code `invalidArgument` when no choice is that small.
  func costLimit() throws(EngineError) -> Int? {
    let limit: Int
    let unit: String
    switch search.goal {
    case .maxSize(let bytes):
      // Bytes of the file besides weights are no choice's.
      let weights = engine.model.layers.reduce(0) { $0 + $1.parameters * 4 }
      limit = bytes - (engine.model.fileBytes - weights)
      unit = "bytes"
    case .averageBits(let bits):
      guard bits > 0, bits.isFinite else {
        throw EngineError(
          .invalidArgument, subject: "average bits", problem: "\(bits) is not possible",
          remedy: "Give a number above 0, such as 4.5")
      }
      let weights = engine.model.layers.reduce(0) { $0 + $1.parameters }
      limit = Int((bits * Double(weights) / 8).rounded(.down))
      unit = "bits"
    case .maxMultiplyAdds(let count):
      limit = count
      unit = "multiply-adds"
    case .maxDrop(let points):
      guard points >= 0, points.isFinite else {
        throw EngineError(
          .invalidArgument, subject: "largest drop", problem: "\(points) is not possible",
          remedy: "Give points from 0 on, such as 1.0")
      }
      return nil
    }
    let smallest = space.knapsack(upTo: 0).smallestCost + space.fixedCost
    guard limit >= smallest else { throw unreachable(smallest, unit: unit) }
    return limit
  }

  private func unreachable(_ smallest: Int, unit: String) -> EngineError {
    let weights = engine.model.layers.reduce(0) { $0 + $1.parameters }
    let reachable =
      switch search.goal {
      case .maxSize: "\(smallest + engine.model.fileBytes - weights * 4) bytes"
      case .averageBits:
        // Rounded up, so that what the message names can be asked for.
        "\((Double(smallest) * 800 / Double(max(weights, 1))).rounded(.up) / 100) bits"
      default: "\(smallest) \(unit)"
      }
    return EngineError(
      .invalidArgument, subject: "goal",
      problem: "can't be reached: with these settings \(reachable) is the least",
      remedy: "Allow fewer bits or more pruning, pin fewer layers, or ask for more \(unit)")
  }

  /// The knapsack's choices within a limit on all layers; nil when it can't be met.
  func choices(within limit: Int) -> [Int]? {
    space.knapsack(upTo: limit).choices(within: limit - space.fixedCost)
  }

  /// Points that a candidate loses on the search images.
  func drop(_ candidate: SearchCandidate) -> Double {
    candidate.measurement.metrics.drop
  }

  /// Whether a candidate keeps what the goal asks for.
  func meetsDrop(_ candidate: SearchCandidate) -> Bool {
    guard case .maxDrop(let points) = search.goal else { return true }
    return drop(candidate) <= points + 1e-9
  }

  /// - Throws: ``EngineError`` when what is pinned loses too much by itself.
  func checkDrop(of base: SearchCandidate) throws(EngineError) {
    guard case .maxDrop(let points) = search.goal, !meetsDrop(base) else { return }
    throw EngineError(
      .invalidArgument, subject: "goal",
      problem: "can't be reached: the pinned layers alone lose \(drop(base)) points, "
        + "\(points) are allowed",
      remedy: "Pin fewer layers, or allow a larger drop")
  }
}
