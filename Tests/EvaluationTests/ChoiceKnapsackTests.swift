import Evaluation
import TestSupport
import Testing

/// The knapsack against trying everything, and its limit against random instances.
@Suite struct ChoiceKnapsackTests {
  private static let seed: UInt64 = 3_081

  private func random(
    items: Int, choices: ClosedRange<Int>, costs: ClosedRange<Int>,
    using generator: inout SeededGenerator
  ) -> [[ChoiceKnapsack.Choice]] {
    (0..<items).map { _ in
      (0..<Int.random(in: choices, using: &generator)).map { _ in
        ChoiceKnapsack.Choice(
          cost: Int.random(in: costs, using: &generator),
          harm: Double.random(in: 0...1, using: &generator))
      }
    }
  }

  /// The least harm within a limit, by trying every combination.
  private func leastHarm(_ items: [[ChoiceKnapsack.Choice]], within limit: Int) -> Double? {
    var best: Double?
    func visit(_ item: Int, _ cost: Int, _ harm: Double) {
      guard cost <= limit else { return }
      guard item < items.count else {
        best = min(best ?? .infinity, harm)
        return
      }
      for choice in items[item] { visit(item + 1, cost + choice.cost, harm + choice.harm) }
    }
    visit(0, 0, 0)
    return best
  }

  @Test func equalsTryingEverything() {
    print("ChoiceKnapsackTests seed \(Self.seed)")
    var generator = SeededGenerator(seed: Self.seed)
    var feasible = 0
    for instance in 0..<200 {
      let items = random(
        items: Int.random(in: 1...6, using: &generator), choices: 1...5, costs: 0...60,
        using: &generator)
      let knapsack = ChoiceKnapsack(items: items, upTo: 400)
      for limit in stride(from: 0, through: 300, by: 23) {
        let expected = leastHarm(items, within: limit)
        let found = knapsack.choices(within: limit)
        #expect((found == nil) == (expected == nil), "instance \(instance), limit \(limit)")
        guard let found, let expected else { continue }
        feasible += 1
        #expect(knapsack.cost(of: found) <= limit)
        #expect(
          abs(knapsack.harm(of: found) - expected) < 1e-9, "instance \(instance), limit \(limit)")
      }
    }
    #expect(feasible > 1_000)
  }

  @Test(arguments: [5, 40, 260])
  func limitHoldsAndHarmFallsWithIt(items count: Int) throws {
    var generator = SeededGenerator(seed: Self.seed)
    let items = random(items: count, choices: 2...9, costs: 1_000...900_000, using: &generator)
    let knapsack = ChoiceKnapsack(items: items, upTo: .max, resolution: 500)
    let dearest = items.reduce(0) { $0 + ($1.map(\.cost).max() ?? 0) }
    let unlimited = items.reduce(0) { $0 + ($1.map(\.harm).min() ?? 0) }
    #expect(knapsack.choices(within: knapsack.smallestCost - 1) == nil)
    var last = Double.infinity
    for step in 0...40 {
      let limit = knapsack.smallestCost + (dearest - knapsack.smallestCost) * step / 40
      let found = try #require(knapsack.choices(within: limit))
      #expect(found.count == count)
      #expect(knapsack.cost(of: found) <= limit)
      let harm = knapsack.harm(of: found)
      // Buckets and greed may cost a little of the monotony, never more than one item's harm.
      #expect(harm <= last + 1)
      last = min(last, harm)
    }
    let all = try #require(knapsack.choices(within: dearest))
    #expect(abs(knapsack.harm(of: all) - unlimited) < 1e-9)
  }

  /// Cutting off items that do not matter leaves the same optimum: the greedy way and the exact one
  /// are within one item's harm of each other.
  @Test func greedyIsNearTheOptimum() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for _ in 0..<20 {
      let items = random(items: 30, choices: 2...6, costs: 1...200, using: &generator)
      let idle = [[ChoiceKnapsack.Choice]](repeating: [.init(cost: 0, harm: 0)], count: 200)
      let exact = ChoiceKnapsack(items: items, upTo: 6_000)
      let greedy = ChoiceKnapsack(items: items + idle, upTo: 6_000)
      let limit = exact.smallestCost + 700
      let best = exact.harm(of: try #require(exact.choices(within: limit)))
      let found = try #require(greedy.choices(within: limit))
      #expect(greedy.cost(of: found) <= limit)
      #expect(greedy.harm(of: found) >= best - 1e-9)
      #expect(greedy.harm(of: found) <= best + 1)
    }
  }
}
