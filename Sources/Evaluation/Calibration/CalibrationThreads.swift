import Foundation

/// Threads that live for one calibration run and work through its lists of items.
///
/// They are threads of their own, not those that measure: whoever asks for statistics may be one of
/// those, and waits.
final class CalibrationThreads: @unchecked Sendable {
  // @unchecked: all variables are touched only with the condition locked.
  private let condition = NSCondition()
  private var body: (@Sendable (Int) throws -> Void)?
  private var count = 0
  private var next = 0
  private var running = 0
  private var error: (any Error)?
  private var isClosed = false

  /// Starts the threads; they end with ``close()``.
  init(threads: Int) {
    for index in 0..<max(threads, 1) {
      let thread = Thread { [self] in work() }
      thread.name = "calibration \(index)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Ends the threads.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// Calls `body` with 0..<`count` on the threads and returns when all are done.
  ///
  /// - Parameters:
  ///   - isCancelled: Asked every few milliseconds by the calling thread.
  ///   - flag: Turned on when it says so, for `body` to see.
  /// - Throws: The first error of `body`; `CancellationError`.
  func forEach(
    _ count: Int, isCancelled: () -> Bool, flag: CancellationFlag,
    _ body: @escaping @Sendable (Int) throws -> Void
  ) throws {
    condition.lock()
    self.body = body
    self.count = count
    next = 0
    error = nil
    condition.broadcast()
    while next < self.count || running > 0 {
      _ = condition.wait(until: Date(timeIntervalSinceNow: 0.005))
      condition.unlock()
      let stops = isCancelled()
      if stops { flag.cancel() }
      condition.lock()
      if stops { self.count = 0 }
    }
    self.body = nil
    let failure = error
    condition.unlock()
    if let failure { throw failure }
    if flag.isCancelled { throw CancellationError() }
  }

  private func work() {
    condition.lock()
    while !isClosed {
      guard let body, next < count else {
        condition.wait()
        continue
      }
      let item = next
      next += 1
      running += 1
      condition.unlock()
      let result = Result { try body(item) }
      condition.lock()
      running -= 1
      if case .failure(let thrown) = result {
        if error == nil { error = thrown }
        count = 0
      }
      condition.broadcast()
    }
    condition.unlock()
  }
}
