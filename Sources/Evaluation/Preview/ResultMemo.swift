import ModelCompression

/// Finished results by the settings that made them, the surest of each; the oldest go when there are
/// too many.
struct ResultMemo {
  private static let limit = 4096

  private var results: [[EffectiveSetting?]: PreviewMetrics] = [:]
  private var order: [[EffectiveSetting?]] = []

  /// The surest result for these settings.
  func best(for keys: [EffectiveSetting?]) -> PreviewMetrics? { results[keys] }

  /// Remembers a result unless a surer one is known.
  mutating func add(_ metrics: PreviewMetrics, for keys: [EffectiveSetting?]) {
    guard let known = results[keys] else {
      if order.count >= Self.limit {
        for old in order.prefix(Self.limit / 4) { results[old] = nil }
        order.removeFirst(Self.limit / 4)
      }
      order.append(keys)
      results[keys] = metrics
      return
    }
    if metrics.precision >= known.precision { results[keys] = metrics }
  }
}
