import Synchronization

/// Collects the outcomes of batches that finish in any order, and tells how far the evaluation has
/// come: only the unbroken run of batches from the first on counts, so that the first n samples of
/// any two plans are the same samples.
final class OrderedProgress: Sendable {
  private struct State {
    var pending: [Int: [SampleOutcome]] = [:]
    var next = 0
    var accumulator: MetricsAccumulator
    var lastReport = ContinuousClock.now
    /// The task's figures as they were last found, and when they may be found again.
    var task: TaskResult?
    var nextTask = ContinuousClock.now
  }

  private let state: Mutex<State>
  private let total: Int
  private let start: ContinuousClock.Instant
  private let precision: MeasuredPrecision
  private let report: (@Sendable (PreviewMetrics) -> Void)?

  /// How many times as long as the task's figures took, nothing is spent on them.
  private static let taskPause = 9

  /// - Parameters:
  ///   - measure: How the task judges outputs; nil for none.
  ///   - total: Samples in the evaluation set.
  ///   - start: When the measurement began.
  ///   - precision: How sure its results are.
  ///   - report: Told of progress, at most about 30 times a second, from worker threads.
  init(
    measure: (any EvaluationMeasure)?, total: Int, start: ContinuousClock.Instant,
    precision: MeasuredPrecision,
    report: (@Sendable (PreviewMetrics) -> Void)?
  ) {
    self.total = total
    self.start = start
    self.precision = precision
    self.report = report
    state = Mutex(State(accumulator: MetricsAccumulator(measure: measure)))
  }

  private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// Adds the outcomes of one batch.
  func add(_ outcomes: [SampleOutcome], batch: Int) {
    let progress: PreviewMetrics? = state.withLock { state in
      state.pending[batch] = outcomes
      while let ready = state.pending.removeValue(forKey: state.next) {
        for outcome in ready { state.accumulator.add(outcome) }
        state.next += 1
      }
      guard report != nil, state.next > 0 else { return nil }
      let now = ContinuousClock.now
      guard now - state.lastReport >= .milliseconds(33) else { return nil }
      state.lastReport = now
      if now >= state.nextTask {
        state.task = state.accumulator.taskResult(isFinal: false)
        let end = ContinuousClock.now
        state.nextTask = end + (end - now) * Self.taskPause
      }
      var metrics = state.accumulator.metrics(
        total: total, seconds: seconds, precision: precision)
      metrics.task = state.task
      return metrics
    }
    if let progress { report?(progress) }
  }

  /// The metrics of everything counted, when nothing follows.
  ///
  /// - Parameter isCancelled: Whether nobody waits for them any more.
  func metrics(isCancelled: @escaping @Sendable () -> Bool) -> PreviewMetrics {
    let accumulator = state.withLock { $0.accumulator }
    let task = accumulator.taskResult(isFinal: true, isCancelled: isCancelled)
    var metrics = accumulator.metrics(total: total, seconds: seconds, precision: precision)
    metrics.task = task
    return metrics
  }
}
