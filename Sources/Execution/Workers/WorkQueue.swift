import Foundation
import Synchronization

/// The lists that threads of a pool work through, oldest first.
final class WorkQueue: @unchecked Sendable {
  // @unchecked: `lists` and `isClosed` are touched only with the condition locked.
  private let condition = NSCondition()
  private var lists: [WorkList] = []
  private var isClosed = false
  private let length = Atomic<Int>(0)

  /// Adds a list and wakes the threads.
  func append(_ list: WorkList) {
    condition.lock()
    lists.append(list)
    length.store(lists.count, ordering: .relaxed)
    condition.broadcast()
    condition.unlock()
  }

  /// Whether a list waits behind the one that is worked on; asked while the condition is locked, too.
  var isAwaited: Bool { length.load(ordering: .relaxed) > 1 }

  /// Lets the threads end when the lists are done.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// The life of a thread: takes items until the queue is closed.
  func work() {
    while let (list, item) = next() {
      list.run(item)
    }
  }

  private func next() -> (WorkList, Int)? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      while let list = lists.first {
        if let item = list.take() { return (list, item) }
        lists.removeFirst()
        length.store(lists.count, ordering: .relaxed)
      }
      if isClosed { return nil }
      condition.wait()
    }
  }
}
