import Dispatch
import Synchronization

/// A thread of its own for one kind of work, of which only the newest order counts: an order that waits
/// is dropped when another comes, and the one that runs is told to stop.
final class LatestJob: Sendable {
  /// Tells whether a job was told to stop.
  typealias IsCancelled = @Sendable () -> Bool

  /// A switch that any thread can turn on once.
  private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
  }

  private struct State {
    var waiting: (@Sendable (@escaping IsCancelled) -> Void)?
    var running: Flag?
    var started = ContinuousClock.now
  }

  private let queue: DispatchQueue
  private let group = DispatchGroup()
  private let state = Mutex(State())
  private let ended: @Sendable () -> Void

  /// - Parameters:
  ///   - label: The name of the thread's queue.
  ///   - ended: Called after each order that was taken, done or dropped.
  init(label: String, qos: DispatchQoS, ended: @escaping @Sendable () -> Void) {
    queue = DispatchQueue(label: label, qos: qos)
    self.ended = ended
  }

  /// Takes an order.
  ///
  /// - Parameters:
  ///   - patience: How long the running order may go on: while a key is held down, results a little
  ///     behind are better than none.
  ///   - body: The work.
  func start(
    patience: Duration = .zero, _ body: @escaping @Sendable (@escaping IsCancelled) -> Void
  ) {
    // Before the old order leaves: in between, nothing may look idle.
    group.enter()
    let dropped = state.withLock { state in
      let dropped = state.waiting != nil
      state.waiting = body
      return dropped
    }
    if dropped { end() }
    stopRunning(after: patience)
    queue.async { self.runWaiting() }
  }

  /// Takes an order unless one runs or waits; it counts as ended then.
  func startUnlessRunning(_ body: @escaping @Sendable (@escaping IsCancelled) -> Void) {
    let isBusy = state.withLock { state in
      if state.running != nil || state.waiting != nil { return true }
      state.waiting = body
      return false
    }
    guard !isBusy else { return ended() }
    group.enter()
    queue.async { self.runWaiting() }
  }

  /// Blocks the calling thread until nothing runs or waits.
  func waitUntilIdle(atMost limit: DispatchTimeInterval) { _ = group.wait(timeout: .now() + limit) }

  /// Returns when nothing runs or waits.
  func idle() async {
    await withCheckedContinuation { continuation in
      group.notify(queue: .global(qos: .userInitiated)) { continuation.resume() }
    }
  }

  private func end() {
    group.leave()
    ended()
  }

  private func stopRunning(after patience: Duration) {
    let (running, age) = state.withLock { ($0.running, ContinuousClock.now - $0.started) }
    guard let running else { return }
    if age >= patience {
      running.value.store(true, ordering: .relaxed)
    } else {
      let rest = (patience - age).components
      let seconds = Double(rest.seconds) + Double(rest.attoseconds) * 1e-18
      DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + seconds) {
        running.value.store(true, ordering: .relaxed)
      }
    }
  }

  private func runWaiting() {
    let flag = Flag()
    let body = state.withLock { state -> (@Sendable (@escaping IsCancelled) -> Void)? in
      guard let body = state.waiting else { return nil }
      state.waiting = nil
      state.running = flag
      state.started = .now
      return body
    }
    guard let body else { return }
    body { flag.value.load(ordering: .relaxed) }
    state.withLock { $0.running = nil }
    end()
  }
}
