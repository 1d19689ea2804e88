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

  private struct State {
    var upstream: [[EffectiveSetting?]: Int] = [:]
    var positions = Set<Int>()
  }

  /// The harm of an output that is no number, and the most that any output does.
  private static let worst = 1_000.0

  private let model: OpenedModel
  private let pool: WorkerPool
  private let runner: BatchRunner
  /// What harm is for these data.
  let measure: Measure
  private let state = Mutex(State())
  /// Samples.
  let count: Int

  /// - Parameters:
  ///   - samples: Dataset indices, in evaluation order.
  ///   - budget: Bytes of activations that may be kept.
  init(engine: PreviewEngine, runner: BatchRunner, samples: [Int], budget: Int) {
    model = engine.model
    pool = engine.pool.background
    count = samples.count
    measure =
      switch runner.data.task {
      case .classification, .agreement: .divergence
      case .detection, .similarity: .cosine
      }
    self.runner = BatchRunner(
      executor: runner.executor, data: runner.data,
      batches: SampleBatches(splitting: samples, as: runner.batches),
      cache: ActivationCache(budget: budget))
  }

  /// Measures a plan.
  ///
  /// - Parameters:
  ///   - capture: Node positions to keep activations at for later plans with the same settings in
  ///     front of them.
  ///   - limit: Samples to measure on, from the first; whole batches are measured.
  func measure(
    _ plan: CompressedPlan, capture: [Int] = [], limit: Int? = nil
  ) async throws -> Measurement {
    let untouched = [EffectiveSetting?](repeating: nil, count: model.layers.count)
    runner.cache.beginEvaluation()
    let baseline = run(keys: untouched, weights: nil, capture: [])
    let changed = run(keys: plan.keys, weights: plan, capture: capture)
    let size = runner.batches.indices.first?.count ?? 1
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
    var accumulator = MetricsAccumulator()
    for outcome in outcomes { accumulator.add(outcome) }
    let parts = (ContinuousClock.now - start).components
    return Measurement(
      metrics: accumulator.metrics(
        total: outcomes.count,
        seconds: Double(parts.seconds) + Double(parts.attoseconds) * 1e-18),
      harms: outcomes.map(harm))
  }

  private func harm(_ outcome: SampleOutcome) -> Double {
    let harm =
      switch measure {
      case .divergence: outcome.divergence ?? 1 - outcome.cosine
      case .cosine: 1 - outcome.cosine
      }
    return harm.isFinite ? min(max(harm, 0), Self.worst) : Self.worst
  }

  private func run(
    keys: [EffectiveSetting?], weights: CompressedPlan?, capture: [Int]
  ) -> PlanRun {
    var tensors: [String: Tensor] = [:]
    var first: Int?
    for (index, layer) in model.layers.enumerated() where keys[index] != nil {
      guard let changed = weights?.weights[index] else { continue }
      tensors[layer.weight] = changed.dequantized
      first = min(first ?? .max, layer.nodes.first ?? 0)
    }
    let layers = model.layers
    let upstream: [Int: Int] = state.withLock { state in
      state.positions.formUnion(capture)
      var upstream: [Int: Int] = [:]
      for position in state.positions {
        let before = layers.indices.map { index in
          (layers[index].nodes.first ?? 0) < position ? keys[index] : nil
        }
        let number = state.upstream[before] ?? state.upstream.count
        state.upstream[before] = number
        upstream[position] = number
      }
      return upstream
    }
    return PlanRun(weights: tensors, upstream: upstream, capture: capture, firstChange: first)
  }
}

extension SampleBatches {
  /// The batches of a part of the data, as large as those of the whole.
  init(splitting order: [Int], as whole: SampleBatches) {
    let size = whole.indices.first?.count ?? 1
    self.init(
      indices: stride(from: 0, to: order.count, by: size).map {
        Array(order[$0..<min($0 + size, order.count)])
      }, fixedSize: whole.fixedSize)
  }

  private init(indices: [[Int]], fixedSize: Int?) {
    self.indices = indices
    self.fixedSize = fixedSize
  }
}
