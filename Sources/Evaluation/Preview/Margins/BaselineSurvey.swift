import Synchronization

/// Gathers what the original network says of every sample, from whatever evaluations come by, until
/// all are known and samples can be ordered by margin.
final class BaselineSurvey: Sendable {
  private struct State {
    var samples: [Int: [BaselineSample]] = [:]
    var order: MarginOrder?
    var hasClasses: Bool?
  }

  /// The batches in preview order, which are surveyed.
  let batches: SampleBatches
  private let state = Mutex(State())

  init(batches: SampleBatches) { self.batches = batches }

  /// Whether outputs are class scores; nil before any were seen.
  var hasClasses: Bool? { state.withLock { $0.hasClasses } }

  /// The order by margin; nil until every sample is known, and always where outputs are no class
  /// scores.
  var order: MarginOrder? { state.withLock { $0.order } }

  /// Batches that nothing is known of.
  var missing: [Int] {
    state.withLock { state in
      state.order != nil || state.hasClasses == false
        ? [] : batches.indices.indices.filter { state.samples[$0] == nil }
    }
  }

  /// Notes what 32-bit floats say of a batch.
  ///
  /// - Returns: Whether this was the last one that was missing.
  @discardableResult
  func add(_ outcomes: [SampleOutcome], batch: Int) -> Bool {
    state.withLock { state in
      guard state.order == nil, state.hasClasses != false, state.samples[batch] == nil else {
        return false
      }
      let samples = outcomes.compactMap { BaselineSample($0) }
      guard samples.count == outcomes.count else {
        state.hasClasses = false
        state.samples = [:]
        return false
      }
      state.hasClasses = true
      state.samples[batch] = samples
      guard state.samples.count == batches.indices.count else { return false }
      let all = batches.indices.indices.flatMap { state.samples[$0] ?? [] }
      state.order = MarginOrder(samples: all, of: batches)
      state.samples = [:]
      return true
    }
  }
}
