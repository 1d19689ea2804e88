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
    case inputs(batch: Int)
    /// Outputs of the original network for a batch.
    case baseline(batch: Int, isDraft: Bool)
    /// Live values before a node, under the settings of all layers before it.
    case checkpoint(batch: Int, position: Int, upstream: Int, isDraft: Bool)
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
    var evaluation = 0
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
      guard var entry = state.entries[key] else { return nil }
      entry.lastUsed = state.evaluation
      state.entries[key] = entry
      return entry.value
    }
  }

  /// Whether an entry is there, without marking it.
  func contains(_ key: Key) -> Bool { state.withLock { $0.entries[key] != nil } }

  /// Keeps a value if the budget allows.
  func insert(_ value: Value, for key: Key) {
    let bytes = value.byteCount
    guard bytes <= budget else { return }
    state.withLock { state in
      guard state.entries[key] == nil else { return }
      if state.byteCount + bytes > budget {
        let stale = state.entries.filter { $0.value.lastUsed < state.evaluation }
          .sorted { $0.value.lastUsed < $1.value.lastUsed }
        for (staleKey, entry) in stale where state.byteCount + bytes > budget {
          state.entries[staleKey] = nil
          state.byteCount -= entry.byteCount
        }
      }
      guard state.byteCount + bytes <= budget else { return }
      state.entries[key] = Entry(value: value, byteCount: bytes, lastUsed: state.evaluation)
      state.byteCount += bytes
    }
  }
}
