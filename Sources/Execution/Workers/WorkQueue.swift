import Foundation

/// The lists that threads of a pool work through, oldest first; those that can wait come last.
final class WorkQueue: @unchecked Sendable {
  // @unchecked: the lists and `isClosed` are touched only with the condition locked.
  private let condition = NSCondition()
  private var lists: [WorkList] = []
  private var backgroundLists: [WorkList] = []
  private var isClosed = false

  /// Adds a list and wakes the threads.
  func append(_ list: WorkList, isBackground: Bool) {
    condition.lock()
    if isBackground { backgroundLists.append(list) } else { lists.append(list) }
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
      if let found = Self.take(&lists) ?? Self.take(&backgroundLists) { return found }
      if isClosed { return nil }
      condition.wait()
    }
  }

  /// The next item of the oldest list that has one; lists without are left out.
  private static func take(_ lists: inout [WorkList]) -> (WorkList, Int)? {
    while let list = lists.first {
      if let item = list.take() { return (list, item) }
      lists.removeFirst()
    }
    return nil
  }
}
