import Synchronization

/// Values kept until a byte limit is passed; then those not used for longest go.
final class ByteLimitedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry {
    let value: Value
    let byteCount: Int
    var lastUse: Int
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var byteCount = 0
    var clock = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  /// The value of a key, made and kept when it is not there.
  ///
  /// `make` runs with the cache locked, so that of several threads that want the same value one
  /// makes it and the others wait for it.
  func value(
    for key: Key, make: () throws -> (value: Value, byteCount: Int)
  ) throws -> Value {
    try state.withLock { state in
      state.clock += 1
      if let entry = state.entries[key] {
        state.entries[key]?.lastUse = state.clock
        return entry.value
      }
      let (value, byteCount) = try make()
      state.entries[key] = Entry(value: value, byteCount: byteCount, lastUse: state.clock)
      state.byteCount += byteCount
      if state.byteCount > limit { ByteLimitedCache.evict(&state, limit: limit, keeping: key) }
      return value
    }
  }

  /// Drops the oldest entries down to three quarters of the limit.
  private static func evict(_ state: inout State, limit: Int, keeping key: Key) {
    for (old, entry) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
      if state.byteCount <= limit / 4 * 3 { return }
      if old == key { continue }
      state.entries[old] = nil
      state.byteCount -= entry.byteCount
    }
  }
}
