import Datasets
import Execution
import NetworkGraph
import Tensors

/// Measures one batch of samples: the original network's outputs, the plan's, and what they say.
struct BatchRunner: Sendable {
  let executor: any GraphExecutor
  let data: EvaluationData
  let batches: SampleBatches
  let cache: ActivationCache

  /// The outcomes of batch `index` under a plan, in sample order.
  ///
  /// - Throws: ``EngineError``, or `CancellationError` when `isCancelled` says so.
  func outcomes(
    batch index: Int, plan: PlanRun, baseline: PlanRun,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [SampleOutcome] {
    let samples = batches.indices[index]
    let size = batches.fixedSize ?? samples.count
    let original = try baselineOutputs(index, run: baseline, isCancelled: isCancelled)
    let changed =
      plan.firstChange == nil
      ? original : try outputs(index, run: plan, isCancelled: isCancelled)
    let view = OutputView(graph: executor.graph, outputs: original, batch: size)
    return view.outcomes(
      baseline: original, plan: changed, batch: size, samples: samples.count,
      labels: data.labels.map { labels in samples.map { labels[$0] } })
  }

  /// The outputs of each sample of batch `index` under a plan.
  func sampleOutputs(batch index: Int, plan: PlanRun) throws -> [SampleOutput] {
    let count = batches.indices[index].count
    let size = batches.fixedSize ?? count
    let result = try outputs(index, run: plan, isCancelled: { false })
    return OutputView(graph: executor.graph, outputs: result, batch: size)
      .samples(result, batch: size, count: count)
  }

  private func baselineOutputs(
    _ index: Int, run: PlanRun, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [String: Tensor] {
    if case .tensors(let kept)? = cache.value(.baseline(batch: index)) { return kept }
    let result = try outputs(index, run: run, isCancelled: isCancelled)
    cache.insert(.tensors(result), for: .baseline(batch: index))
    return result
  }

  /// Runs a batch from the deepest activations that are the same under this plan.
  func outputs(
    _ index: Int, run: PlanRun, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [String: Tensor] {
    func key(_ position: Int) -> ActivationCache.Key {
      .checkpoint(batch: index, position: position, upstream: run.upstream[position] ?? -1)
    }
    var resume: Checkpoint?
    for position in run.upstream.keys.sorted(by: >) {
      if case .checkpoint(let checkpoint)? = cache.value(key(position)) {
        resume = checkpoint
        break
      }
    }
    let start = resume?.position ?? 0
    let wanted = run.capture.filter { $0 > start && !cache.contains(key($0)) }
    let result = try executor.run(
      inputs: resume == nil ? inputs(index) : [:], weights: run.weights,
      options: RunOptions(resume: resume, captureBefore: wanted, isCancelled: isCancelled))
    for (position, checkpoint) in result.checkpoints {
      cache.insert(.checkpoint(checkpoint), for: key(position))
    }
    return result.outputs
  }

  private func inputs(_ index: Int) throws -> [String: Tensor] {
    if case .tensors(let kept)? = cache.value(.inputs(batch: index)) { return kept }
    var samples = batches.indices[index]
    if let size = batches.fixedSize, let last = samples.last {
      // A model with a fixed batch axis gets its last sample repeated; the surplus is ignored.
      samples += Array(repeating: last, count: size - samples.count)
    }
    let tensors = try data.inputs(for: samples, graphInputs: executor.graph.runtimeInputs)
    cache.insert(.tensors(tensors), for: .inputs(batch: index))
    return tensors
  }
}
