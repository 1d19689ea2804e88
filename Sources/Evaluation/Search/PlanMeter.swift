import Execution
import ModelCompression
import Synchronization
import Tensors

/// Measures plans on a fixed part of the evaluation data, beside the engine's own evaluations and
/// without disturbing them.
///
/// Runs start from activations kept from earlier ones, as the engine's do: the same sums in the same
/// order, so that numbers depend neither on what ran before nor on the number of workers.
final class PlanMeter: Sendable {
  /// What was measured of a plan.
  struct Measurement: Sendable {
    /// The usual metrics.
    var metrics: PreviewMetrics
    /// The harm done to each sample.
    var harms: [Double]

    /// The mean harm.
    var harm: Double { harms.reduce(0, +) / Double(max(harms.count, 1)) }
  }

  /// What harm is.
  enum Measure: Sendable {
    /// Divergence of class probabilities from the original's, nats.
    case divergence
    /// 1 - cosine between the outputs.
    case cosine
  }

  /// The harm of an output that is no number, and the most that any output does.
  private static let worst = 1_000.0

  private let pool: WorkerPool
  private let runner: BatchRunner
  /// What harm is for these data.
  let measure: Measure
  private let planner: RunPlanner
  /// Samples.
  let count: Int

  /// - Parameters:
  ///   - samples: Dataset indices, in evaluation order.
  ///   - budget: Bytes of activations that may be kept.
  init(engine: PreviewEngine, runner: BatchRunner, samples: [Int], budget: Int) {
    planner = RunPlanner(layers: engine.model.layers, checkpoints: [])
    pool = engine.pool
    count = samples.count
    measure = runner.data.mayHaveClasses ? .divergence : .cosine
    self.runner = BatchRunner(
      executor: runner.executor, data: runner.data,
      batches: SampleBatches(order: samples, like: runner.batches),
      cache: ActivationCache(budget: budget), measure: runner.measure)
  }

  /// Measures a plan.
  ///
  /// - Parameters:
  ///   - focus: The layer in front of which activations are kept for later plans with the same
  ///     settings up to there.
  ///   - limit: Samples to measure on, from the first; whole batches are measured.
  ///   - isFinal: Whether the result is told, and so has the interval of a task's figure.
  func measure(
    _ plan: CompressedPlan, focus: String? = nil, limit: Int? = nil, isFinal: Bool = false
  ) async throws -> Measurement {
    runner.cache.beginEvaluation()
    let baseline = planner.run(nil, focus: nil)
    let changed = planner.run(plan, focus: focus)
    let size = runner.batches.size
    let batches = min(
      ((limit ?? count) + size - 1) / max(size, 1), runner.batches.indices.count)
    let collected = Mutex([[SampleOutcome]](repeating: [], count: batches))
    let flag = CancellationFlag()
    let runner = runner
    let start = ContinuousClock.now
    try await withTaskCancellationHandler {
      try await pool.forEach(batches, isCancelled: { flag.isCancelled }) { batch in
        let outcomes = try runner.outcomes(
          batch: batch, plan: changed, baseline: baseline, isCancelled: { flag.isCancelled })
        collected.withLock { $0[batch] = outcomes }
      }
    } onCancel: {
      flag.cancel()
    }
    try Task.checkCancellation()
    let outcomes = collected.withLock { $0.flatMap { $0 } }
    var accumulator = MetricsAccumulator(measure: runner.measure)
    for outcome in outcomes { accumulator.add(outcome) }
    let parts = (ContinuousClock.now - start).components
    var metrics = accumulator.metrics(
      total: outcomes.count,
      seconds: Double(parts.seconds) + Double(parts.attoseconds) * 1e-18, precision: .exact)
    metrics.task = accumulator.taskResult(isFinal: isFinal)
    return Measurement(metrics: metrics, harms: outcomes.map(harm))
  }

  private func harm(_ outcome: SampleOutcome) -> Double {
    let harm =
      switch measure {
      case .divergence: outcome.classes?.divergence ?? 1 - outcome.cosine
      case .cosine: taskHarm(outcome) ?? 1 - outcome.cosine
      }
    return harm.isFinite ? min(max(harm, 0), Self.worst) : Self.worst
  }

  private func taskHarm(_ outcome: SampleOutcome) -> Double? {
    outcome.evidence.flatMap { evidence in
      runner.measure?.harm(
        sample: evidence.sample, baseline: evidence.baseline, plan: evidence.plan)
    }
  }
}
