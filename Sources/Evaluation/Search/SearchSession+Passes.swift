import ModelCompression

/// Measured passes: what exchanges do to the plan itself, not to single layers.
extension SearchSession {
  private static let rounds = 3
  private static let exchanges = 12

  /// Choices of an item around the current plan, with the harm that the whole plan has with each.
  private typealias Neighbour = (choice: Int, harm: Double)

  /// Restores the worst and tightens the least harmful, one step each, as long as measurements on the
  /// same images show that it helps and the limit holds.
  func improve(within limit: Int, rounds: Int = rounds) async throws {
    for round in 0..<rounds {
      guard let current = best else { return }
      let neighbours = try await self.neighbours(of: current) { done in
        self.progress(.passes, (Double(round) + done * 0.8) / Double(rounds))
      }
      var improved = false
      if let choices = settled(current, neighbours, limit: limit),
        try await accept(choices, within: limit)
      {
        improved = true
      }
      if try await exchange(current, neighbours, limit: limit) { improved = true }
      guard improved else { return }
    }
  }

  /// Measures the current plan with each item one step dearer and one step cheaper.
  private func neighbours(
    of current: SearchCandidate, progress: (Double) -> Void
  ) async throws -> [[Neighbour]] {
    var result: [[Neighbour]] = []
    for (item, choice) in current.choices.enumerated() {
      var row: [Neighbour] = [(choice, current.harm)]
      let order = space.items[item].byCost
      let place = order.firstIndex(of: choice) ?? 0
      for step in [place + 1, place - 1] where order.indices.contains(step) {
        var choices = current.choices
        choices[item] = order[step]
        let found = try await measure(choices, around: item)
        row.append((order[step], found.harm))
      }
      result.append(row)
      progress(Double(item + 1) / Double(current.choices.count))
    }
    renewFront()
    return result
  }

  /// The knapsack over one step up, none, or one down, with the harms that were measured in the plan.
  private func settled(
    _ current: SearchCandidate, _ neighbours: [[Neighbour]], limit: Int
  ) -> [Int]? {
    let items = neighbours.enumerated().map { item, row in
      row.map {
        ChoiceKnapsack.Choice(
          cost: space.items[item].choices[$0.choice].cost, harm: $0.harm - current.harm)
      }
    }
    let knapsack = ChoiceKnapsack(items: items, upTo: limit - space.fixedCost)
    return knapsack.choices(within: limit - space.fixedCost).map { picks in
      zip(neighbours, picks).map { $0[$1].choice }
    }
  }

  /// Measures choices and takes them when they fit and harm less beyond chance.
  private func accept(_ choices: [Int], within limit: Int) async throws -> Bool {
    guard let current = best, choices != current.choices, space.cost(choices) <= limit else {
      return false
    }
    let found = try await measure(choices)
    guard
      PairedHarm(old: current.measurement.harms, new: found.measurement.harms).isBetter
    else { return false }
    offer(found)
    return true
  }

  /// Tries the exchanges of one item up and one down that promise most, on top of one another.
  private func exchange(
    _ origin: SearchCandidate, _ neighbours: [[Neighbour]], limit: Int
  ) async throws -> Bool {
    let moves = neighbours.enumerated().flatMap { item, row in
      row.dropFirst().map { neighbour in
        (
          item: item, choice: neighbour.choice, gain: origin.harm - neighbour.harm,
          cost: space.items[item].choices[neighbour.choice].cost
            - space.items[item].choices[origin.choices[item]].cost
        )
      }
    }
    var pairs: [(first: Int, second: Int?, gain: Double)] = []
    for (index, move) in moves.enumerated() where move.gain > 0 {
      if origin.cost + move.cost <= limit { pairs.append((index, nil, move.gain)) }
      for (other, second) in moves.enumerated()
      where second.item != move.item && move.gain + second.gain > 0
        && (second.gain <= 0 || other > index)
        && origin.cost + move.cost + second.cost <= limit
      {
        pairs.append((index, other, move.gain + second.gain))
      }
    }
    let ranked = pairs.enumerated().sorted {
      ($1.element.gain, $0.offset) < ($0.element.gain, $1.offset)
    }
    var improved = false
    for (_, pair) in ranked.prefix(Self.exchanges) {
      guard let current = best else { break }
      var choices = current.choices
      let parts = [moves[pair.first]] + (pair.second.map { [moves[$0]] } ?? [])
      // What an earlier exchange changed is not where this one was measured.
      guard parts.allSatisfy({ choices[$0.item] == origin.choices[$0.item] }) else { continue }
      for part in parts { choices[part.item] = part.choice }
      if try await accept(choices, within: limit) { improved = true }
    }
    return improved
  }

  /// For a largest drop: the smallest of the measured plans that keeps it, then smaller ones between,
  /// then exchanges and tightening in turns.
  func tighten() async throws {
    let order = measured.values.sorted { ($0.cost, $0.harm) < ($1.cost, $1.harm) }
    if let smallest = order.first(where: { meetsDrop($0) }) { offer(smallest) }
    guard var low = order.last(where: { $0.cost < best?.cost ?? 0 })?.cost else { return }
    for step in 0..<6 {
      guard let current = best else { return }
      let middle = (low + current.cost) / 2
      guard let choices = choices(within: middle) else { break }
      let found = try await measure(choices)
      if meetsDrop(found), found.cost < current.cost { offer(found) } else { low = middle }
      progress(.passes, Double(step) / 60)
    }
    for round in 0..<Self.rounds {
      guard let before = best else { return }
      try await improve(within: before.cost, rounds: 1)
      try await shrink()
      progress(.passes, Double(round + 1) / Double(Self.rounds))
      guard let after = best, after.cost < before.cost else { return }
    }
  }

  /// Takes the cheaper neighbours that harm least, as many as the drop allows.
  private func shrink() async throws {
    guard let origin = best else { return }
    let neighbours = try await self.neighbours(of: origin) { _ in }
    for share in [0.16, 0.08, 0.04, 0.02, 0.01, 0.005] {
      let limit = Int(Double(origin.cost) * (1 - share))
      guard let choices = settled(origin, neighbours, limit: limit) else { continue }
      let found = try await measure(choices)
      guard meetsDrop(found), found.cost < best?.cost ?? 0 else { continue }
      offer(found)
      return
    }
  }
}
