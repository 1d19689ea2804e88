import Synchronization

/// Counts work that runs in the background; who waits for idleness is told when a piece ends.
final class WorkCounter: Sendable {
  private let count = Atomic<Int>(0)
  private let ended: @Sendable () -> Void

  /// - Parameter ended: Called after each piece, when it does not count any more.
  init(ended: @escaping @Sendable () -> Void) { self.ended = ended }

  /// Whether nothing runs.
  var isIdle: Bool { count.load(ordering: .sequentiallyConsistent) == 0 }

  /// A piece of work begins.
  func begin() { count.add(1, ordering: .sequentiallyConsistent) }

  /// A piece of work ended.
  func end() {
    count.subtract(1, ordering: .sequentiallyConsistent)
    ended()
  }
}
