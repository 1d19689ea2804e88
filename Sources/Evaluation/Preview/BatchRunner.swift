import Datasets
import Execution
import NetworkGraph
import Tensors

/// Measures one batch of samples: the original network's outputs, the plan's, and what they say.
///
/// There is one for 32-bit floats and, where drafts are worth while, one for them; they share the
/// cache's budget and the prepared inputs, never activations.
struct BatchRunner: Sendable {
  let executor: any GraphExecutor
  let data: EvaluationData
  let batches: SampleBatches
  let cache: ActivationCache
  /// Whether this runs drafts.
  var isDraft = false
  /// Which network this runs: 0 is the original, others are made by steps of plans.
  var network = 0
  /// Runs the original network, where this runs another one.
  var original: OriginalRunner?
  /// Whether ``batches`` are ordered by margin.
  var isByMargin = false
  /// How the task judges outputs; nil for classes, and where only agreement is known.
  var measure: (any EvaluationMeasure)?
  /// What the measure keeps of the original network's outputs.
  var baselineEvidence = BaselineEvidence()

  /// A runner of the same batches on another executor, for drafts.
  func drafting(on executor: any GraphExecutor) -> BatchRunner {
    BatchRunner(
      executor: executor, data: data, batches: batches, cache: cache, isDraft: true,
      isByMargin: isByMargin, measure: measure, baselineEvidence: baselineEvidence)
  }

  /// A runner of the same samples ordered by margin.
  func byMargin(_ batches: SampleBatches) -> BatchRunner {
    BatchRunner(
      executor: executor, data: data, batches: batches, cache: cache, isDraft: isDraft,
      network: network,
      original: original.map { OriginalRunner($0.runner.byMargin(batches)) }, isByMargin: true,
      measure: measure)
  }

  /// The outcomes of batch `index` under a plan, in sample order.
  ///
  /// - Throws: ``EngineError``, or `CancellationError` when `isCancelled` says so.
  func outcomes(
    batch index: Int, plan: PlanRun, baseline: PlanRun,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [SampleOutcome] {
    let samples = batches.indices[index]
    let size = batches.size
    var outcomes = [SampleOutcome](repeating: SampleOutcome(), count: samples.count)
    var unchanged: [[String: Tensor]] = []
    var changed: [[String: Tensor]] = []
    for part in 0..<data.partCount {
      let before = try (original?.runner ?? self).baselineOutputs(
        index, part: part, run: baseline, isCancelled: isCancelled)
      let after =
        plan.firstChange == nil
        ? before : try outputs(index, part: part, run: plan, isCancelled: isCancelled)
      view(before, batch: size).compare(
        baseline: before, plan: after, batch: size, labels: labels(samples), keepsDrafts: isDraft,
        into: &outcomes)
      unchanged.append(before)
      changed.append(after)
    }
    guard let measure else { return outcomes }
    let before = try (original?.runner ?? self).baselineEvidence.evidence(
      of: BaselineEvidence.Key(batch: index, isDraft: isDraft)
    ) {
      try measure.evidence(of: unchanged, samples: samples, batch: size)
    }
    let after =
      plan.firstChange == nil
      ? before : try measure.evidence(of: changed, samples: samples, batch: size)
    for (row, sample) in samples.enumerated() {
      outcomes[row].evidence = PairedEvidence(
        sample: sample, baseline: before[row], plan: after[row])
    }
    return outcomes
  }

  /// The outputs of each sample of batch `index` under a plan.
  func sampleOutputs(batch index: Int, plan: PlanRun) throws -> [SampleOutput] {
    let count = batches.indices[index].count
    let size = batches.size
    var samples: [SampleOutput] = []
    for part in 0..<data.partCount {
      let result = try outputs(index, part: part, run: plan, isCancelled: { false })
      let own = view(result, batch: size).samples(result, batch: size, count: count)
      samples = part == 0 ? own : zip(samples, own).map { $0.joined(by: $1) }
    }
    return samples
  }

  /// The class scores of batch `index` under a plan, run as every evaluation runs it.
  func classScores(
    batch index: Int, run: PlanRun, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [ClassScores] {
    let count = batches.indices[index].count
    let size = batches.size
    let result = try outputs(index, run: run, isCancelled: isCancelled)
    return view(result, batch: size)
      .classScores(result, batch: size, count: count)
  }

  /// The class scores of samples picked out of the evaluation order, run together.
  ///
  /// In a batch of another size an executor may choose other kernels, so that scores can differ from
  /// those of ``classScores(batch:run:isCancelled:)`` in their last bits.
  func classScores(
    samples: [Int], run: PlanRun, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [ClassScores] {
    let size = batches.rerunSize
    var options = RunOptions(isCancelled: isCancelled)
    options.resume = try gathered(samples, size: size, run: run)
    let inputs =
      options.resume == nil
      ? try preparedInputs(samples.map { batches.order[$0] }, filledTo: size) : [:]
    let result = try executor.run(inputs: inputs, weights: run.weights, options: options)
    return view(result.outputs, batch: size)
      .classScores(result.outputs, batch: size, count: samples.count)
  }

  private func view(_ outputs: [String: Tensor], batch: Int) -> OutputView {
    OutputView(
      graph: (original?.runner ?? self).executor.graph, outputs: outputs, batch: batch,
      hasClasses: data.mayHaveClasses)
  }

  /// The deepest activations that are kept of all these samples, picked out of their batches.
  private func gathered(_ samples: [Int], size: Int, run: PlanRun) throws -> Checkpoint? {
    guard let last = samples.last else { return nil }
    let filled = samples + Array(repeating: last, count: size - samples.count)
    for position in run.positions {
      var picked: [(checkpoint: Checkpoint, row: Int)] = []
      for sample in filled {
        let key = key(sample / batches.size, position, run)
        guard case .checkpoint(let checkpoint)? = cache.value(key) else { break }
        picked.append((checkpoint, sample % batches.size))
      }
      if picked.count == filled.count { return try executor.gather(picked) }
    }
    return nil
  }

  /// The labels of samples given by their dataset indices.
  func labels(_ samples: [Int]) -> [Int]? {
    data.labels.map { labels in samples.map { labels[$0] } }
  }

  private func baselineOutputs(
    _ index: Int, part: Int, run: PlanRun, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [String: Tensor] {
    let key = ActivationCache.Key.baseline(batch(index, part: part), isDraft: isDraft)
    if case .tensors(let kept)? = cache.value(key) { return kept }
    let result = try outputs(index, part: part, run: run, isCancelled: isCancelled)
    cache.insert(.tensors(result), for: key)
    return result
  }

  /// Moves the original's outputs, where they are kept, from the batches of the survey into batches by
  /// margin, and lets go of everything else that is kept of the former.
  func reorderBaseline(_ survey: BaselineSurvey) {
    guard let order = survey.order else { return }
    let target = byMargin(order.batches)
    let size = batches.size
    for index in 0..<order.count {
      let own = order.range(index)
      let rows =
        own.map { order.places[$0] }
        + Array(
          repeating: order.places[own.upperBound - 1], count: size - own.count)
      var sources: [[String: Tensor]] = []
      for row in rows {
        let key = ActivationCache.Key.baseline(batch(row / size), isDraft: isDraft)
        guard case .tensors(let tensors)? = cache.value(key) else { break }
        sources.append(tensors)
      }
      guard sources.count == size,
        let outputs = Self.gathered(sources, rows: rows.map { $0 % size }, of: size)
      else { continue }
      cache.insert(
        .tensors(outputs), for: .baseline(target.batch(index), isDraft: isDraft))
    }
    cache.removePreviewOrder()
  }

  /// One row of each of several outputs; nil where rows can't be told apart.
  private static func gathered(
    _ sources: [[String: Tensor]], rows: [Int], of size: Int
  ) -> [String: Tensor]? {
    var result: [String: Tensor] = [:]
    for (name, first) in sources[0] where first.type == .float32 {
      guard first.shape.first == size else { return nil }
      let bytes = first.byteCount / size
      result[name] = Tensor(type: .float32, shape: first.shape) { out in
        for (index, row) in rows.enumerated() {
          sources[index][name]?.withBytes { source in
            out[(index * bytes)..<((index + 1) * bytes)].copyBytes(
              from: source[(row * bytes)..<((row + 1) * bytes)])
          }
        }
      }
    }
    return result
  }

  private func key(
    _ index: Int, part: Int = 0, _ position: Int, _ run: PlanRun
  ) -> ActivationCache.Key {
    .checkpoint(
      batch(index, part: part), network: network, position: position,
      upstream: run.upstream[position] ?? -1, isDraft: isDraft)
  }

  private func batch(_ index: Int, part: Int = 0) -> ActivationCache.Key.Batch {
    ActivationCache.Key.Batch(index: index, part: part, isByMargin: isByMargin)
  }

  /// Runs a batch from the deepest activations that are the same under this plan.
  func outputs(
    _ index: Int, part: Int = 0, run: PlanRun, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [String: Tensor] {
    try resumed(index, part: part, run: run, options: RunOptions(isCancelled: isCancelled)).outputs
  }

  /// Keeps what a run captures, up to the last of its positions, and computes nothing behind it.
  ///
  /// - Returns: Whether there was room for it.
  func prepare(
    _ index: Int, run: PlanRun, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Bool {
    guard let last = run.capture.last else { return true }
    for part in 0..<data.partCount where cache.value(key(index, part: part, last, run)) == nil {
      _ = try resumed(
        index, part: part, run: run,
        options: RunOptions(stopBefore: last, isCancelled: isCancelled))
      guard cache.contains(key(index, part: part, last, run)) else { return false }
    }
    return true
  }

  private func resumed(
    _ index: Int, part: Int, run: PlanRun, options: RunOptions
  ) throws -> RunResult {
    var options = options
    for position in run.positions where position <= options.stopBefore ?? .max {
      if case .checkpoint(let checkpoint)? = cache.value(key(index, part: part, position, run)) {
        options.resume = checkpoint
        break
      }
    }
    let start = options.resume?.position ?? 0
    options.captureBefore = run.capture.filter {
      $0 > start && !cache.contains(key(index, part: part, $0, run))
    }
    let result = try executor.run(
      inputs: options.resume == nil ? inputs(index, part: part) : [:], weights: run.weights,
      options: options)
    for (position, checkpoint) in result.checkpoints {
      cache.insert(.checkpoint(checkpoint), for: key(index, part: part, position, run))
    }
    return result
  }

  /// The prepared inputs of a batch.
  ///
  /// - Parameter part: Which half of pairs.
  func inputs(_ index: Int, part: Int = 0) throws -> [String: Tensor] {
    let key = ActivationCache.Key.inputs(batch(index, part: part))
    if case .tensors(let kept)? = cache.value(key) { return kept }
    let samples = batches.indices[index]
    let tensors = try preparedInputs(samples, part: part, filledTo: batches.size)
    cache.insert(.tensors(tensors), for: key)
    return tensors
  }

  /// The inputs of samples given by their dataset indices; the last one is repeated to fill a batch,
  /// and the surplus is ignored.
  private func preparedInputs(
    _ samples: [Int], part: Int = 0, filledTo size: Int
  ) throws(EngineError) -> [String: Tensor] {
    var samples = samples
    if let last = samples.last, samples.count < size {
      samples += Array(repeating: last, count: size - samples.count)
    }
    return try data.inputs(
      for: samples, graphInputs: executor.graph.runtimeInputs, part: part)
  }
}

/// What runs the original network beside a variant of it.
final class OriginalRunner: Sendable {
  let runner: BatchRunner

  init(_ runner: BatchRunner) { self.runner = runner }
}
