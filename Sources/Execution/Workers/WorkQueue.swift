import Foundation

/// The lists that threads of a pool work through, oldest first.
final class WorkQueue: @unchecked Sendable {
  // @unchecked: `lists` and `isClosed` are touched only with the condition locked.
  private let condition = NSCondition()
  private var lists: [WorkList] = []
  private var isClosed = false

  /// Adds a list and wakes the threads.
  func append(_ list: WorkList) {
    condition.lock()
    lists.append(list)
    condition.broadcast()
    condition.unlock()
  }

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
      }
      if isClosed { return nil }
      condition.wait()
    }
  }
}
