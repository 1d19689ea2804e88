import Datasets
import Execution
import Foundation
import ModelCompression
import NetworkGraph
import Operators
import Synchronization
import Tensors

/// Measures plans on real data while the user turns the knob.
///
/// One evaluation runs at a time: starting another stops the one before within a node's work. Results
/// are memoized by the settings that make them, weights by layer and setting, and a run starts from
/// the first layer that differs, on activations kept from earlier runs; the result equals a full run
/// bit for bit, since both do the same sums in the same order.
public actor PreviewEngine {
  /// The model.
  public nonisolated let model: OpenedModel
  /// The evaluation data; nil when there is none.
  public nonisolated let data: EvaluationData?

  /// The threads that everything is computed on.
  nonisolated let pool: WorkerPool
  /// The weights of layers under their settings, remembered.
  nonisolated let compressor: PlanWeights
  /// Runs batches in 32-bit floats; nil when there is nothing to run.
  nonisolated let runner: BatchRunner?
  private let cache: ActivationCache
  private let multiplyAdds: [Int?]
  private var memo: [[EffectiveSetting?]: PreviewMetrics] = [:]
  private var upstreamNumbers: [[EffectiveSetting?]: Int] = [:]
  private var current: CancellationFlag?

  /// Makes an engine; nothing is computed yet.
  ///
  /// - Parameters:
  ///   - model: The model. A graph that can't be run still gives sizes and layer reports.
  ///   - data: What to measure on; nil to measure nothing.
  ///   - threads: Worker threads.
  ///   - seed: Seed of the order of samples.
  ///   - activationBudget: Bytes of activations that may be kept.
  ///   - reference: Run with the plain reference kernels.
  /// - Throws: ``EngineError`` when the data does not fit the model.
  public init(
    model: OpenedModel, data: EvaluationData?, threads: Int, seed: Int = 0,
    activationBudget: Int? = nil, reference: Bool = false
  ) throws(EngineError) {
    self.model = model
    self.data = data
    pool = WorkerPool(threads: threads)
    compressor = try PlanWeights(model: model)
    let budget =
      activationBudget ?? min(Int(ProcessInfo.processInfo.physicalMemory / 4), 2 << 30)
    let cache = ActivationCache(budget: budget)
    self.cache = cache
    multiplyAdds = model.summary.layers.map(\.multiplyAdds)
    guard let data, model.graph != nil, model.unsupported.isEmpty else {
      runner = nil
      return
    }
    let graph = try model.runnableGraph()
    try data.check(against: graph.runtimeInputs)
    let executor: any GraphExecutor =
      reference ? ReferenceGraphExecutor(graph: graph) : try FastExecutor(graph: graph)
    runner = BatchRunner(
      executor: executor, data: data,
      batches: SampleBatches(
        order: data.previewOrder(seed: seed), graph: graph,
        largestValueBytes: try Self.largestValueBytes(graph: graph, data: data)),
      cache: cache)
  }

  /// Bytes of the largest value of one sample; nil when shapes depend on the data.
  private static func largestValueBytes(
    graph: NetworkGraph, data: EvaluationData
  ) throws(EngineError) -> Int? {
    let inputs = try data.inputs(for: [0], graphInputs: graph.runtimeInputs)
    let facts = try? ShapeInference.infer(graph: graph, inputShapes: inputs.mapValues(\.shape))
    return facts?.values.filter { $0.constant == nil }
      .compactMap { fact in fact.shape.map { $0.reduce(fact.type.byteSize, *) } }.max()
  }

  /// Whether there is data, and a graph that can be run on it.
  public nonisolated var canMeasure: Bool { runner != nil }

  /// Applies a plan to the weights: exact, and quick for layers and settings seen before.
  ///
  /// - Throws: ``EngineError`` when the plan does not fit the model.
  public func compress(_ plan: CompressionPlan) async throws -> CompressedPlan {
    try await compressor.compress(plan, pool: pool)
  }

  /// The exact sizes under a plan.
  ///
  /// - Throws: ``EngineError`` never for plans that ``compress(_:)`` accepted, other than for formats
  ///   that the model can't take, which are left out.
  public nonisolated func size(of compressed: CompressedPlan) throws(EngineError) -> SizeSummary {
    SizeSummary(model: model, compressed: compressed, multiplyAdds: multiplyAdds)
  }

  /// What the inspector shows of one layer under a plan.
  public nonisolated func layerReport(
    _ name: String, in compressed: CompressedPlan
  ) -> LayerReport? {
    guard let index = model.layers.firstIndex(where: { $0.name == name }) else { return nil }
    let row = compressed.rows[index]
    let weights = compressed.weights[index]
    return LayerReport(
      name: name, setting: compressed.settings[index], sparsity: row.sparsity,
      storedBytes: row.storedBytes, originalBytes: row.originalBytes, sqnr: row.sqnr,
      before: model.weights[index], after: weights?.dequantized ?? model.weights[index],
      cutOff: weights?.cutOff, levels: weights?.levels ?? [])
  }

  /// The result of an earlier, finished evaluation of the same settings.
  public func known(_ compressed: CompressedPlan) -> PreviewMetrics? { memo[compressed.keys] }

  /// Stops the evaluation that is running, if any.
  public func cancel() { current?.cancel() }

  /// Measures a plan against the original network on the same samples.
  ///
  /// - Parameters:
  ///   - compressed: The plan; nil measures the original network alone.
  ///   - focus: The layer being edited: activations in front of it are kept for the next evaluation.
  ///   - precision: How sure the result is to be.
  ///   - progress: Told of results so far, from worker threads, about 30 times a second.
  /// - Returns: The metrics over the whole set.
  /// - Throws: `CancellationError` when cancelled or replaced by a newer evaluation; ``EngineError``.
  public func evaluate(
    _ compressed: CompressedPlan?, focus: String? = nil, precision: EvaluationPrecision = .exact,
    progress: (@Sendable (PreviewMetrics) -> Void)? = nil
  ) async throws -> PreviewMetrics {
    guard let runner else {
      _ = try model.runnableGraph()
      throw EngineError(
        .invalidData, problem: "there is no evaluation data", remedy: "Give it with --data")
    }
    current?.cancel()
    let untouched = [EffectiveSetting?](repeating: nil, count: model.layers.count)
    let keys = compressed?.keys ?? untouched
    if let known = memo[keys] { return known }
    let flag = CancellationFlag()
    current = flag
    cache.beginEvaluation()
    let positions = capturePositions(focus: focus)
    let baseline = planRun(keys: untouched, weights: nil, positions: positions)
    let plan = planRun(keys: keys, weights: compressed, positions: positions)
    let tally = OrderedProgress(
      total: runner.batches.indices.reduce(0) { $0 + $1.count }, report: progress)
    try await withTaskCancellationHandler {
      try await pool.forEach(
        runner.batches.indices.count, isCancelled: { flag.isCancelled },
        { batch in
          let outcomes = try runner.outcomes(
            batch: batch, plan: plan, baseline: baseline, isCancelled: { flag.isCancelled })
          tally.add(outcomes, batch: batch)
        })
    } onCancel: {
      flag.cancel()
    }
    guard !flag.isCancelled else { throw CancellationError() }
    let metrics = tally.metrics
    memo[keys] = metrics
    return metrics
  }

  /// The outputs of every sample under a plan, in evaluation order.
  ///
  /// - Parameter compressed: The plan; nil runs the model as it is.
  /// - Throws: ``EngineError`` when there is nothing to run; `CancellationError`.
  public func outputs(of compressed: CompressedPlan?) async throws -> [SampleOutput] {
    guard let runner else {
      _ = try model.runnableGraph()
      throw EngineError(
        .invalidData, problem: "there is no evaluation data", remedy: "Give it with --data")
    }
    let untouched = [EffectiveSetting?](repeating: nil, count: model.layers.count)
    let run = planRun(keys: compressed?.keys ?? untouched, weights: compressed, positions: [])
    let count = runner.batches.indices.count
    let collected = Mutex([[SampleOutput]](repeating: [], count: count))
    try await pool.forEach(count) { batch in
      let samples = try runner.sampleOutputs(batch: batch, plan: run)
      collected.withLock { $0[batch] = samples }
    }
    return collected.withLock { $0.flatMap { $0 } }
  }

  /// Node positions worth keeping activations at: in front of the layer being edited, and at quarters
  /// of the network's cost, so that an edit elsewhere does not start from the beginning.
  private func capturePositions(focus: String?) -> [Int] {
    var positions = Set<Int>()
    if let focus, let layer = model.layers.first(where: { $0.name == focus }) {
      positions.formUnion(layer.nodes.prefix(1))
    }
    let total = multiplyAdds.reduce(0) { $0 + ($1 ?? 0) }
    var sum = 0
    var quarter = 1
    for (layer, cost) in zip(model.layers, multiplyAdds) where quarter < 4 {
      if sum >= total * quarter / 4, let node = layer.nodes.first {
        positions.insert(node)
        quarter += 1
      }
      sum += cost ?? 0
    }
    return positions.filter { $0 > 0 }.sorted()
  }

  private func planRun(
    keys: [EffectiveSetting?], weights: CompressedPlan?, positions: [Int]
  ) -> PlanRun {
    var tensors: [String: Tensor] = [:]
    var first: Int?
    for (index, layer) in model.layers.enumerated() where keys[index] != nil {
      guard let changed = weights?.weights[index] else { continue }
      tensors[layer.weight] = changed.dequantized
      first = min(first ?? .max, layer.nodes.first ?? 0)
    }
    // Every position that any evaluation captured may serve, not only today's.
    let candidates = Set(positions).union(knownPositions)
    knownPositions = candidates
    var upstream: [Int: Int] = [:]
    for position in candidates {
      let before = model.layers.indices.map { index in
        (model.layers[index].nodes.first ?? 0) < position ? keys[index] : nil
      }
      if upstreamNumbers[before] == nil { upstreamNumbers[before] = upstreamNumbers.count }
      upstream[position] = upstreamNumbers[before]
    }
    return PlanRun(weights: tensors, upstream: upstream, capture: positions, firstChange: first)
  }

  private var knownPositions = Set<Int>()
}
