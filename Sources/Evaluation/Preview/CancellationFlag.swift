import Synchronization

/// A switch that any thread can turn on once and workers ask between nodes and batches.
final class CancellationFlag: Sendable {
  private let value = Atomic<Bool>(false)

  /// Turns the flag on.
  func cancel() { value.store(true, ordering: .relaxed) }

  /// Whether it is on.
  var isCancelled: Bool { value.load(ordering: .relaxed) }
}
