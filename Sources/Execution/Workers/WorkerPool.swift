import COneDNN
import Foundation
import Synchronization

/// Long-lived threads, one per core, that work through lists of items.
///
/// The threads are real ones, not tasks of the cooperative pool: they block in long computations,
/// and each keeps its own scratch memory. Idle threads sleep and cost nothing.
public final class WorkerPool: Sendable {
  /// Number of threads.
  public let threads: Int
  private let queue = WorkQueue()

  /// Starts the threads; as many as there are cores unless told otherwise.
  public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
    self.threads = max(threads, 1)
    for index in 0..<self.threads {
      let queue = self.queue
      let thread = Thread {
        cdnn_prepare_thread()
        queue.work()
      }
      thread.name = "worker \(index)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { queue.close() }

  /// Whether another caller's list waits for the one that is worked on: long work behind the scenes
  /// ends its list then and comes back with the rest.
  public var isAwaited: Bool { queue.isAwaited }

  /// Calls `body` with 0..<`count`, handing the items out in order to idle threads, and returns when
  /// all are done.
  ///
  /// Lists of several callers are worked through one after the other.
  ///
  /// - Parameters:
  ///   - count: Number of items.
  ///   - isCancelled: Asked before each item; true leaves out the rest. Cancelling the calling task
  ///     does the same.
  ///   - body: The work; the first error it throws leaves out the rest.
  /// - Throws: The first error of `body`; `CancellationError` when items were left out.
  public func forEach(
    _ count: Int, isCancelled: @escaping @Sendable () -> Bool = { false },
    _ body: @escaping @Sendable (Int) throws -> Void
  ) async throws {
    guard count > 0 else { return }
    let list = WorkList(count: count, isCancelled: isCancelled, body: body)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        list.start(continuation)
        queue.append(list)
      }
    } onCancel: {
      list.cancel()
    }
  }
}
