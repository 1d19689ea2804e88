/// The multiple-choice knapsack: one choice for each item, so that the costs stay within a limit and
/// the harms add up to as little as possible.
///
/// Up to ``exactItems`` items are solved by dynamic programming over the cost: exactly where the
/// range of costs is at most the resolution, otherwise in buckets with costs rounded up, after which
/// what is left of the limit is spent. More items are solved greedily along the lower convex hull of
/// each item, which is at most one item's step from the optimum of the relaxed problem. Either way
/// the limit always holds. One table answers every limit.
public struct ChoiceKnapsack: Sendable {
  /// One way to have an item.
  public struct Choice: Sendable, Hashable {
    /// What it costs, 0 or more.
    public var cost: Int
    /// What it harms; finite.
    public var harm: Double

    /// Makes a choice.
    public init(cost: Int, harm: Double) {
      self.cost = cost
      self.harm = harm
    }
  }

  /// Most items that are solved by dynamic programming.
  public static let exactItems = 200

  private let items: [[Choice]]
  private let cheapest: [Int]
  /// Cost of the cheapest choices together: no limit below it can be met.
  public let smallestCost: Int
  private let largestLimit: Int
  private let bucket: Int
  /// The pick of each item for each number of buckets; empty for the greedy way.
  private let picks: [[UInt16]]

  /// Prepares the solutions for all limits up to `limit`.
  ///
  /// - Parameters:
  ///   - items: The choices of each item, at least one each and fewer than 65,536.
  ///   - limit: The largest limit that will be asked for.
  ///   - resolution: Most buckets of the dynamic program.
  /// - Complexity: O(choices of all items x buckets).
  public init(items: [[Choice]], upTo limit: Int, resolution: Int = 1 << 14) {
    precondition(items.allSatisfy { !$0.isEmpty && $0.count < 1 << 16 }, "items without choices")
    self.items = items
    cheapest = items.map { choices in
      choices.indices.min { Self.isCheaper(choices[$0], choices[$1]) } ?? 0
    }
    let smallest = zip(items, cheapest).reduce(0) { $0 + $1.0[$1.1].cost }
    smallestCost = smallest
    // Nothing costs more than the dearest choices together.
    let dearest = items.reduce(0) { $0 + ($1.map(\.cost).max() ?? 0) }
    largestLimit = min(limit, dearest)
    let capacity = max(largestLimit - smallest, 0)
    bucket = max((capacity + resolution - 1) / max(resolution, 1), 1)
    picks =
      items.count > Self.exactItems
      ? [] : Self.table(items: items, cheapest: cheapest, buckets: capacity / bucket, width: bucket)
  }

  private static func isCheaper(_ a: Choice, _ b: Choice) -> Bool {
    (a.cost, a.harm) < (b.cost, b.harm)
  }

  private static func table(
    items: [[Choice]], cheapest: [Int], buckets: Int, width: Int
  ) -> [[UInt16]] {
    var best = [Double](repeating: 0, count: buckets + 1)
    return zip(items, cheapest).map { choices, cheapest in
      var next = [Double](repeating: .infinity, count: buckets + 1)
      var pick = [UInt16](repeating: 0, count: buckets + 1)
      for (index, choice) in choices.enumerated() {
        let extra = (choice.cost - choices[cheapest].cost + width - 1) / width
        guard extra <= buckets else { continue }
        for total in extra...buckets where best[total - extra] + choice.harm < next[total] {
          next[total] = best[total - extra] + choice.harm
          pick[total] = UInt16(index)
        }
      }
      best = next
      return pick
    }
  }

  /// The choice of each item; nil when not even the cheapest fit.
  ///
  /// - Parameter limit: At most the limit that was prepared for; higher ones count as that.
  public func choices(within limit: Int) -> [Int]? {
    let limit = min(limit, largestLimit)
    guard limit >= smallestCost else { return nil }
    var result = picks.isEmpty && !items.isEmpty ? greedy(limit) : traced(limit)
    spend(limit - cost(of: result), on: &result)
    return result
  }

  /// The cost of choices together.
  public func cost(of choices: [Int]) -> Int {
    zip(items, choices).reduce(0) { $0 + $1.0[$1.1].cost }
  }

  /// The harm of choices together.
  public func harm(of choices: [Int]) -> Double {
    zip(items, choices).reduce(0) { $0 + $1.0[$1.1].harm }
  }

  private func traced(_ limit: Int) -> [Int] {
    var left = (limit - smallestCost) / bucket
    var result = cheapest
    for index in items.indices.reversed() {
      let pick = Int(picks[index][left])
      result[index] = pick
      let extra = items[index][pick].cost - items[index][cheapest[index]].cost
      left -= (extra + bucket - 1) / bucket
    }
    return result
  }

  /// Spends what is left on the single changes that help most.
  private func spend(_ left: Int, on result: inout [Int]) {
    var left = left
    while true {
      var found: (item: Int, choice: Int, gain: Double)?
      for (item, choices) in items.enumerated() {
        let now = choices[result[item]]
        for (index, choice) in choices.enumerated() where choice.cost - now.cost <= left {
          let gain = now.harm - choice.harm
          if gain > found?.gain ?? 0 { found = (item, index, gain) }
        }
      }
      guard let found else { return }
      left -= items[found.item][found.choice].cost - items[found.item][result[found.item]].cost
      result[found.item] = found.choice
    }
  }

  /// From the cheapest choices up the hulls, the steepest step first.
  private func greedy(_ limit: Int) -> [Int] {
    var steps: [(item: Int, choice: Int, cost: Int, slope: Double)] = []
    for item in items.indices {
      var from = cheapest[item]
      for choice in hull(of: item) {
        let cost = items[item][choice].cost - items[item][from].cost
        let gain = items[item][from].harm - items[item][choice].harm
        steps.append((item, choice, cost, gain / Double(max(cost, 1))))
        from = choice
      }
    }
    steps.sort { ($1.slope, $0.item, $0.cost) < ($0.slope, $1.item, $1.cost) }
    var result = cheapest
    var left = limit - smallestCost
    var closed = Set<Int>()
    for step in steps where !closed.contains(step.item) {
      // A hull is climbed in order: past a step that does not fit, none of the item's does.
      guard step.cost <= left else {
        closed.insert(step.item)
        continue
      }
      left -= step.cost
      result[step.item] = step.choice
    }
    return result
  }

  /// The choices after the cheapest on the lower convex hull of cost and harm, ascending.
  private func hull(of item: Int) -> [Int] {
    let choices = items[item]
    var stack = [cheapest[item]]
    let order = choices.indices.sorted { Self.isCheaper(choices[$0], choices[$1]) }
    for index in order where choices[index].harm < choices[stack[stack.count - 1]].harm {
      while stack.count >= 2,
        Self.slope(choices[stack[stack.count - 2]], choices[stack[stack.count - 1]])
          <= Self.slope(choices[stack[stack.count - 2]], choices[index])
      {
        stack.removeLast()
      }
      stack.append(index)
    }
    return Array(stack.dropFirst())
  }

  /// Harm saved for each unit of cost between two choices of rising cost.
  private static func slope(_ low: Choice, _ high: Choice) -> Double {
    (low.harm - high.harm) / Double(max(high.cost - low.cost, 1))
  }
}
