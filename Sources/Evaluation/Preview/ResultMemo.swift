/// Finished results by the settings that made them, the surest of each; the oldest go when there are
/// too many.
struct ResultMemo {
  private static let limit = 4096

  private var results: [PlanIdentity: PreviewMetrics] = [:]
  private var order: [PlanIdentity] = []

  /// The surest result for these settings.
  func best(for plan: PlanIdentity) -> PreviewMetrics? { results[plan] }

  /// Remembers a result unless a surer one is known.
  mutating func add(_ metrics: PreviewMetrics, for plan: PlanIdentity) {
    guard let known = results[plan] else {
      if order.count >= Self.limit {
        for old in order.prefix(Self.limit / 4) { results[old] = nil }
        order.removeFirst(Self.limit / 4)
      }
      order.append(plan)
      results[plan] = metrics
      return
    }
    if metrics.precision >= known.precision { results[plan] = metrics }
  }
}
