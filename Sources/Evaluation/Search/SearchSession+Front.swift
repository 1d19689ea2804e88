import Foundation
import ModelCompression

/// The front: what the curves suggest over the range of sizes, measured; and uniform plans.
extension SearchSession {
  private static let frontPoints = 8
  private static let budgets = 14
  private static let uniforms = 6

  /// Measures the knapsack's plans at sizes from ruin to almost no loss, and the goal's.
  func measureFront(limit: Int?) async throws {
    if let limit, let choices = choices(within: limit) {
      let candidate = try await measure(choices)
      if candidate.harm < best?.harm ?? .infinity { offer(candidate) }
    }
    let dearest = space.items.reduce(space.fixedCost) { sum, item in
      sum + (item.choices.dropFirst().map(\.cost).max() ?? item.choices[0].cost)
    }
    let knapsack = space.knapsack(upTo: dearest)
    let smallest = max(knapsack.smallestCost + space.fixedCost, 1)
    let ratio = Double(max(dearest, smallest)) / Double(smallest)
    func budget(_ part: Double) -> Int { Int(Double(smallest) * pow(ratio, part)) }
    let tolerable = meter.measure == .divergence ? 1.5 : 0.3
    // The smallest of 64 sizes that leaves something of the network.
    let lowest =
      (0..<64).map { Double($0) / 63 }.first { part in
        knapsack.choices(within: budget(part) - space.fixedCost)
          .map { knapsack.harm(of: $0) <= tolerable } ?? false
      } ?? 0
    var count = Self.budgets
    var tried = Set<Int>()
    while true {
      for step in 0..<count {
        let part = lowest + (1 - lowest) * Double(step) / Double(count - 1)
        let allowed = budget(part)
        if tried.insert(allowed).inserted,
          let choices = knapsack.choices(within: allowed - space.fixedCost)
        {
          _ = try await measure(choices)
          renewFront()
        }
        progress(.front, Double(step) / Double(count))
      }
      // Twice as fine where plans coincide; the number of distinct plans may be smaller still.
      guard front.count < Self.frontPoints, count < 60 else { return }
      count = count * 2 - 1
    }
  }

  /// The best plan within a limit that gives all free layers one setting: of those whose weights
  /// change least, the one that harms the search images least.
  func bestUniform(within limit: Int) async throws -> SearchCandidate? {
    var candidates: [(setting: SearchSpace.GridSetting, error: Double)] = []
    for setting in space.grid {
      let parts = space.items.compactMap {
        SearchSpace.choice(setting, layers: $0.layers, space.grid, space.profiles)
      }
      let cost = parts.reduce(space.fixedCost) { $0 + $1.cost }
      guard parts.count == space.items.count, cost <= limit else { continue }
      candidates.append((setting, parts.reduce(0) { $0 + $1.error }))
    }
    // Sorting is not stable: equal errors keep the order of the grid.
    let ranked = candidates.enumerated().sorted {
      ($0.element.error, $0.offset) < ($1.element.error, $1.offset)
    }
    var result: SearchCandidate?
    for (_, candidate) in ranked.prefix(Self.uniforms) {
      var choices: [Int] = []
      for item in space.items.indices {
        guard let choice = space.choice(candidate.setting, ofItem: item) else { break }
        choices.append(choice)
      }
      guard choices.count == space.items.count else { continue }
      let found = try await measure(choices)
      if found.harm < result?.harm ?? .infinity { result = found }
      renewFront()
    }
    // The search never does worse than treating all layers alike.
    if case .maxDrop = search.goal { return result }
    if let result, result.harm < best?.harm ?? .infinity { offer(result) }
    return result
  }
}
