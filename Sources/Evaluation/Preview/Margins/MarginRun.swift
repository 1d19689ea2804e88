import Synchronization

/// Hands out the batches that a rule wants to any number of threads, and takes in what they say.
///
/// While a batch is under way the next one is begun on the guess that it will be wanted; if it is not,
/// it counts for nothing. So the result is that of one thread that takes one batch after the other.
/// Batches that were run stay known when another rule takes over: a draft is the beginning of what
/// settles it, and that of the exact result.
final class MarginRun: Sendable {
  private struct State {
    var rule: MarginRule
    var known: [Int: MarginBatch] = [:]
    var underWay: Set<Int> = []
    /// Whether a thread found nothing to do.
    var isShort = false
    var lastReport = ContinuousClock.now
  }

  let order: MarginOrder
  private let state: Mutex<State>
  private let over = Atomic<Bool>(false)

  init(order: MarginOrder) {
    self.order = order
    state = Mutex(State(rule: MarginRule(.everything, order: order)))
  }

  /// Goes on under a rule.
  func begin(_ rule: MarginRule) {
    state.withLock { state in
      state.rule = rule
      advance(&state)
    }
  }

  /// Whether the rule wants no more.
  var isOver: Bool { over.load(ordering: .relaxed) }

  /// The rule, with the batches it took.
  var rule: MarginRule { state.withLock { $0.rule } }

  /// Begins a round, in which ``take()`` gives batches to each thread until there is none for one of
  /// them.
  func beginRound() {
    state.withLock { state in
      state.underWay = []
      state.isShort = false
    }
  }

  /// A batch to run; nil when there is none now.
  func take() -> Int? {
    state.withLock { state in
      guard !state.isShort else { return nil }
      var rule = state.rule
      while let batch = rule.next {
        if let known = state.known[batch] {
          rule.take(known)
        } else if state.underWay.contains(batch) {
          rule.take(MarginBatch(expecting: batch, after: rule.taken.last))
        } else {
          state.underWay.insert(batch)
          return batch
        }
      }
      state.isShort = true
      return nil
    }
  }

  /// Takes in what a batch says.
  ///
  /// - Returns: The rule so far, at most about 30 times a second.
  func add(_ outcomes: [SampleOutcome], batch: Int) -> MarginRule? {
    state.withLock { state in
      state.known[batch] = MarginBatch(index: batch, outcomes: outcomes)
      state.underWay.remove(batch)
      let before = state.rule.taken.count
      advance(&state)
      let now = ContinuousClock.now
      guard state.rule.next != nil, state.rule.taken.count > max(before, order.probes),
        now - state.lastReport >= .milliseconds(33)
      else { return nil }
      state.lastReport = now
      return state.rule
    }
  }

  private func advance(_ state: inout State) {
    while let batch = state.rule.next, let known = state.known[batch] { state.rule.take(known) }
    over.store(state.rule.next == nil, ordering: .relaxed)
  }
}
