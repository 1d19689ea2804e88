import ModelCompression

/// Curves: each item alone at each of its settings.
extension SearchSession {
  /// Images that curves are measured on: enough for a mean harm, and every cell costs.
  private static let curveImages = 500
  /// Harm from which on an item is ruined: nats, or 1 - cosine.
  ///
  /// Cheaper settings are only estimated.
  private var ruin: Double { meter.measure == .divergence ? 3 : 0.6 }

  /// Measures the curves: first each item where the weights alone suggest it ends up, which already
  /// tells sensitive layers from others, then everywhere.
  func measureCurves(limit: Int?) async throws {
    let total = space.items.reduce(0) { $0 + $1.choices.count - 1 }
    let base = try await measure(space.untouched)
    let images = min(Self.curveImages, meter.count)
    var done = 0
    func cell(_ item: Int, _ choice: Int) async throws {
      var choices = space.untouched
      choices[item] = choice
      let compressed = try await engine.compress(plan(choices))
      let found = try await meter.measure(
        compressed, focus: firstLayer(item), limit: images)
      evaluations += 1
      let before = base.measurement.harms.prefix(found.harms.count)
      let harm = found.harm - before.reduce(0, +) / Double(max(before.count, 1))
      space.items[item].choices[choice].harm = max(harm, 0)
      space.items[item].choices[choice].isMeasured = true
      space.items[item].estimateRest()
    }
    // Without a limit, half the way down.
    let first = limit.flatMap { choices(within: $0) } ?? space.items.map { $0.choices.count / 2 }
    for (item, choice) in first.enumerated() where choice > 0 {
      try await cell(item, choice)
      done += 1
      progress(.curves, Double(done) / Double(total))
    }
    if let limit, let choices = choices(within: limit) { offer(try await measure(choices)) }
    for item in space.items.indices {
      for choice in space.items[item].choices.indices.dropFirst() {
        let known = space.items[item].choices[choice].isMeasured
        if !known { try await cell(item, choice) }
        done += known ? 0 : 1
        progress(.curves, Double(done) / Double(total))
        if space.items[item].choices[choice].harm > ruin { break }
      }
    }
  }
}

extension SearchSpace.Item {
  /// Estimates the harm of every setting that is not measured.
  mutating func estimateRest() {
    for index in choices.indices where !choices[index].isMeasured {
      choices[index].harm = estimate(error: choices[index].error)
    }
  }
}
