import Execution
import Synchronization
import Tensors

/// Values of earlier runs that later runs can start from, under a byte budget.
///
/// The images are visited in one fixed order, where evicting the least recently used entry would
/// evict exactly what is needed next. So an entry is evicted only if the evaluation that is running
/// has not used it; when nothing is left to evict, new entries are not admitted.
final class ActivationCache: Sendable {
  /// What an entry holds, and for which samples.
  enum Key: Hashable, Sendable {
    /// Preprocessed inputs of a batch.
    case inputs(Batch)
    /// Outputs of the original network for a batch.
    case baseline(Batch, isDraft: Bool)
    /// Live values before a node of a network (0 is the original), under the settings of all layers
    /// before it.
    case checkpoint(Batch, network: Int, position: Int, upstream: Int, isDraft: Bool)

    /// One batch of one order of the samples.
    struct Batch: Hashable, Sendable {
      var index: Int
      /// Which half of pairs.
      var part = 0
      /// Whether samples are ordered by margin.
      var isByMargin: Bool
    }
  }

  /// The value of an entry.
  enum Value: Sendable {
    case tensors([String: Tensor])
    case checkpoint(Checkpoint)

    var byteCount: Int {
      switch self {
      case .tensors(let tensors): tensors.values.reduce(0) { $0 + $1.byteCount }
      case .checkpoint(let checkpoint): checkpoint.byteCount
      }
    }
  }

  private struct Entry {
    var value: Value
    var byteCount: Int
    var lastUsed: Int
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var byteCount = 0
    var inputBytes = 0
    var evaluation = 0
    /// The evaluation during which nothing was left to evict.
    var exhausted = -1
  }

  private let budget: Int
  private let state = Mutex(State())

  /// - Parameter budget: Bytes that may be held.
  init(budget: Int) { self.budget = budget }

  /// Bytes held now.
  var byteCount: Int { state.withLock { $0.byteCount } }

  /// Starts a new evaluation: entries used from now on are safe from eviction until the next one.
  func beginEvaluation() { state.withLock { $0.evaluation += 1 } }

  /// The value of an entry, marked as used.
  func value(_ key: Key) -> Value? {
    state.withLock { state in
      guard let index = state.entries.index(forKey: key) else { return nil }
      state.entries.values[index].lastUsed = state.evaluation
      return state.entries.values[index].value
    }
  }

  /// Whether an entry is there, without marking it.
  func contains(_ key: Key) -> Bool { state.withLock { $0.entries[key] != nil } }

  /// Keeps a value if the budget allows, and tells whether it is kept.
  ///
  /// Prepared inputs are quick to make again and take a quarter of the budget at most.
  @discardableResult
  func insert(_ value: Value, for key: Key) -> Bool {
    let bytes = value.byteCount
    return state.withLock { state in
      guard state.entries[key] == nil else { return true }
      if key.isInput, state.inputBytes + bytes > budget / 4 { return false }
      if state.byteCount + bytes > budget { evict(from: &state, making: bytes) }
      guard state.byteCount + bytes <= budget else { return false }
      state.entries[key] = Entry(value: value, byteCount: bytes, lastUsed: state.evaluation)
      state.byteCount += bytes
      if key.isInput { state.inputBytes += bytes }
      return true
    }
  }

  /// Drops everything kept of batches in the order that samples had before their margins were known.
  func removePreviewOrder() {
    state.withLock { state in
      for (key, entry) in state.entries where !key.batch.isByMargin {
        state.entries[key] = nil
        state.byteCount -= entry.byteCount
        if key.isInput { state.inputBytes -= entry.byteCount }
      }
    }
  }

  /// Drops entries that the running evaluation has not used: activations before anything else, the
  /// longest unused first.
  private func evict(from state: inout State, making bytes: Int) {
    guard bytes <= budget, state.exhausted != state.evaluation else { return }
    // Some more than asked for, so that not every insertion has to look through all entries.
    let target = budget - max(bytes, budget / 16)
    let evaluation = state.evaluation
    let stale = state.entries.filter { $0.value.lastUsed < evaluation }
      .sorted { ($0.key.worth, $0.value.lastUsed) < ($1.key.worth, $1.value.lastUsed) }
    for (key, entry) in stale {
      if state.byteCount <= target { return }
      state.entries[key] = nil
      state.byteCount -= entry.byteCount
      if key.isInput { state.inputBytes -= entry.byteCount }
    }
    if state.byteCount > target { state.exhausted = evaluation }
  }
}

extension ActivationCache.Key {
  fileprivate var isInput: Bool {
    if case .inputs = self { true } else { false }
  }

  fileprivate var batch: Batch {
    switch self {
    case .inputs(let batch): batch
    case .baseline(let batch, _): batch
    case .checkpoint(let batch, _, _, _, _): batch
    }
  }

  /// What is worth more is evicted later: without the original's outputs the whole network runs
  /// twice, whatever layer is edited.
  fileprivate var worth: Int {
    switch self {
    case .checkpoint: 0
    case .inputs: 1
    case .baseline: 2
    }
  }
}
