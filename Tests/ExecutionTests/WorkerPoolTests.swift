import Execution
import Synchronization
import Testing

/// The long-lived worker threads.
@Suite struct WorkerPoolTests {
  private struct Failure: Error, Equatable { let item: Int }

  private final class Total: Sendable {
    let sum = Mutex(0)
  }

  @Test func everyItemRunsOnceAndInOrder() async throws {
    let pool = WorkerPool(threads: 1)
    let seen = Mutex<[Int]>([])
    try await pool.forEach(100) { item in seen.withLock { $0.append(item) } }
    #expect(seen.withLock { $0 } == Array(0..<100))
  }

  @Test func manyThreadsRunEveryItemOnce() async throws {
    let pool = WorkerPool(threads: 4)
    #expect(pool.threads == 4)
    let counts = Mutex([Int](repeating: 0, count: 1000))
    try await pool.forEach(1000) { item in counts.withLock { $0[item] += 1 } }
    #expect(counts.withLock { $0 }.allSatisfy { $0 == 1 })
  }

  @Test func noItemsReturnAtOnce() async throws {
    try await WorkerPool(threads: 1).forEach(0) { _ in Issue.record("no item exists") }
  }

  @Test func theFirstErrorWinsAndLeavesOutTheRest() async throws {
    let pool = WorkerPool(threads: 1)
    let ran = Mutex(0)
    await #expect(throws: Failure(item: 3)) {
      try await pool.forEach(1000) { item in
        ran.withLock { $0 += 1 }
        if item >= 3 { throw Failure(item: item) }
      }
    }
    #expect(ran.withLock { $0 } == 4)
    // The pool goes on.
    try await pool.forEach(2) { _ in ran.withLock { $0 += 1 } }
    #expect(ran.withLock { $0 } == 6)
  }

  @Test func cancellationIsAskedBetweenItems() async throws {
    let pool = WorkerPool(threads: 1)
    let ran = Mutex(0)
    let count: @Sendable () -> Int = { ran.withLock { $0 } }
    await #expect(throws: CancellationError.self) {
      let enough: @Sendable () -> Bool = { count() >= 5 }
      try await pool.forEach(1000, isCancelled: enough) { _ in ran.withLock { $0 += 1 } }
    }
    #expect(count() == 5)
  }

  @Test func cancellingTheTaskLeavesOutTheRest() async throws {
    let pool = WorkerPool(threads: 2)
    let (started, start) = AsyncStream<Void>.makeStream()
    let isCancelled = Mutex(false)
    let released: @Sendable () -> Bool = { isCancelled.withLock { $0 } }
    let task = Task {
      try await pool.forEach(1_000_000) { _ in
        start.yield()
        while !released() {}
      }
    }
    for await _ in started { break }
    task.cancel()
    isCancelled.withLock { $0 = true }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func listsOfSeveralCallersAllFinish() async throws {
    let pool = WorkerPool(threads: 3)
    let total = Total()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await pool.forEach(50) { item in total.sum.withLock { $0 += item } }
        }
      }
      try await group.waitForAll()
    }
    #expect(total.sum.withLock { $0 } == 20 * 49 * 25)
  }
}
