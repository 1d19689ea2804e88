import Synchronization

/// One caller's items: which are handed out, which are done, and who waits for the end.
final class WorkList: Sendable {
  private struct State {
    var next = 0
    var running = 0
    var isStopped = false
    var error: (any Error)?
    var continuation: CheckedContinuation<Void, any Error>?
  }

  private let count: Int
  private let isCancelled: @Sendable () -> Bool
  private let body: @Sendable (Int) throws -> Void
  private let state = Mutex(State())

  init(
    count: Int, isCancelled: @escaping @Sendable () -> Bool,
    body: @escaping @Sendable (Int) throws -> Void
  ) {
    self.count = count
    self.isCancelled = isCancelled
    self.body = body
  }

  /// Notes who waits; called before the list is queued.
  func start(_ continuation: CheckedContinuation<Void, any Error>) {
    state.withLock { $0.continuation = continuation }
  }

  /// Leaves out the items that have not been handed out.
  func cancel() {
    state.withLock { $0.isStopped = true }
    finishIfDone()
  }

  /// The next item; nil when there are no more, and then the waiting caller is told if nothing runs.
  func take() -> Int? {
    let stop = isCancelled()
    let item: Int? = state.withLock { state in
      if stop { state.isStopped = true }
      guard !state.isStopped, state.next < count else { return nil }
      state.next += 1
      state.running += 1
      return state.next - 1
    }
    if item == nil { finishIfDone() }
    return item
  }

  /// Runs an item that ``take()`` gave.
  func run(_ item: Int) {
    do {
      try body(item)
      state.withLock { $0.running -= 1 }
    } catch {
      state.withLock { state in
        state.running -= 1
        state.isStopped = true
        if state.error == nil { state.error = error }
      }
    }
    finishIfDone()
  }

  private func finishIfDone() {
    let ending: (CheckedContinuation<Void, any Error>, (any Error)?)? = state.withLock { state in
      guard state.running == 0, state.isStopped || state.next == count,
        let continuation = state.continuation
      else { return nil }
      state.continuation = nil
      let leftOut: (any Error)? = state.next < count ? CancellationError() : nil
      return (continuation, state.error ?? leftOut)
    }
    guard let (continuation, error) = ending else { return }
    if let error { continuation.resume(throwing: error) } else { continuation.resume() }
  }
}
