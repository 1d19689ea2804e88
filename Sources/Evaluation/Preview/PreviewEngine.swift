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
///
/// Where outputs are class scores, samples are gone through by their margin in the original network:
/// a draft is there after some of them, ``EvaluationPrecision`` says what follows it.
public actor PreviewEngine {
  /// The model.
  public nonisolated let model: OpenedModel
  /// The evaluation data; nil when there is none.
  public nonisolated let data: EvaluationData?
  /// The memory that may be taken.
  public nonisolated let memory: MemoryBudget

  /// Compresses layers, knowing what calibration shows of them.
  public nonisolated let planCompressor: PlanCompressor
  /// The threads that everything is computed on.
  nonisolated let pool: WorkerPool
  /// The weights of layers under their settings, remembered.
  nonisolated let compressor: PlanWeights
  /// Runs batches in 32-bit floats; nil when there is nothing to run.
  nonisolated let runner: BatchRunner?
  /// What the original network says of each sample, and the order by margin that follows from it.
  nonisolated let survey: BaselineSurvey
  /// Decides whether there are drafts.
  nonisolated let draftChoice: DraftChoice
  /// Makes plans ready to run.
  nonisolated let planner: RunPlanner
  let cache: ActivationCache
  nonisolated let multiplyAdds: [Int?]
  /// Exact sizes, without making weights.
  public nonisolated let sizes: PlanSizes
  /// Networks that steps of plans make of the model.
  nonisolated let variants: VariantStore
  var memo = ResultMemo()
  /// Networks with rounded activations, the one used last at the end.
  var roundedNetworks: [Rounded] = []
  private var current: CancellationFlag?
  /// Stops work ahead of the next key.
  var background: CancellationFlag?

  /// Makes an engine; nothing is computed yet.
  ///
  /// - Parameters:
  ///   - model: The model. A graph that can't be run still gives sizes and layer reports.
  ///   - data: What to measure on; nil to measure nothing.
  ///   - threads: Worker threads.
  ///   - seed: Seed of the order of samples.
  ///   - memoryBudget: Bytes that may be held; nil takes ``MemoryBudget/standard``.
  ///   - reference: Run with the plain reference kernels.
  ///   - calibration: The samples that methods are calibrated on; nil takes the first of `data`.
  ///   - draftExecutor: What runs drafts; nil takes bfloat16 where the processor is fast in it.
  /// - Throws: ``EngineError`` when the data does not fit the model.
  public init(
    model: OpenedModel, data: EvaluationData?, threads: Int, seed: Int = 0,
    memoryBudget: Int? = nil, reference: Bool = false, calibration: CalibrationSamples? = nil,
    draftExecutor: (any GraphExecutor)? = nil
  ) throws(EngineError) {
    self.model = model
    self.data = data
    let memory = memoryBudget.map { MemoryBudget(bytes: $0) } ?? .standard
    self.memory = memory
    pool = WorkerPool(threads: threads)
    let calibrator = Calibrator(
      samples: calibration ?? data.map { CalibrationSamples(evaluating: $0) }, threads: threads,
      isReference: reference)
    planCompressor = try calibrator.compressor(of: model)
    compressor = PlanWeights(compressor: planCompressor, byteLimit: memory.compressedWeights)
    let cache = ActivationCache(budget: memory.activations)
    self.cache = cache
    multiplyAdds = model.summary.layers.map(\.multiplyAdds)
    guard let data, model.graph != nil, model.unsupported.isEmpty else {
      runner = nil
      survey = BaselineSurvey(batches: .none)
      draftChoice = DraftChoice()
      planner = RunPlanner(layers: model.layers, checkpoints: [])
      variants = VariantStore(
        model: model, weights: compressor, original: nil, memory: memory,
        calibrator: calibrator)
      sizes = PlanSizes(
        model: model, multiplyAdds: multiplyAdds, compressor: planCompressor, variants: variants)
      return
    }
    let graph = try model.runnableGraph()
    try data.check(against: graph.runtimeInputs)
    let costs = GraphCosts(
      graph: graph, inputs: try data.inputs(for: [0], graphInputs: graph.runtimeInputs))
    let executor: any GraphExecutor =
      reference
      ? ReferenceGraphExecutor(graph: graph)
      : try FastExecutor(
        graph: graph,
        options: FastExecutor.Options(
          preparedByteLimit: memory.preparedWeights,
          freeByteLimit: memory.freeValues(threads: threads)))
    let measure = try EvaluationMeasures.measure(
      MeasureContext(data: data, graph: graph, outputs: costs.outputs(of: graph)))
    let exact = BatchRunner(
      executor: executor, data: data,
      batches: SampleBatches(
        order: data.previewOrder(seed: seed), graph: graph,
        largestValueBytes: costs?.largestValueBytes),
      cache: cache, measure: measure)
    runner = exact
    variants = VariantStore(
      model: model, weights: compressor, original: exact, memory: memory,
      calibrator: calibrator)
    sizes = PlanSizes(
      model: model, multiplyAdds: multiplyAdds, compressor: planCompressor, variants: variants)
    survey = BaselineSurvey(batches: exact.batches)
    draftChoice =
      draftExecutor.map { DraftChoice(exact: exact, given: $0) }
      ?? DraftChoice(exact: exact)
    planner = RunPlanner(
      layers: model.layers,
      checkpoints: Self.checkpoints(
        model, costs, samples: data.count * data.partCount, memory: memory,
        drafts: draftChoice.isFarFaster || draftChoice.isPossible && !data.mayHaveClasses))
  }

  /// Positions worth keeping activations at whatever layer is edited.
  static func checkpoints(
    _ model: OpenedModel, _ costs: GraphCosts?, samples: Int, memory: MemoryBudget, drafts: Bool
  ) -> [Int] {
    guard let costs else { return [] }
    let layers = model.layers.compactMap(\.nodes.first)
    // A draft's activations take half the bytes, and lie beside the exact ones.
    let share = drafts ? 2.0 / 3 : 1
    // The edited layer's own inputs come first, and then whatever fits.
    let widest = layers.map { costs.liveBytes[$0] }.max() ?? 0
    let fixed = samples * (costs.inputBytes + 2 * costs.outputBytes + widest)
    let budget = Double(memory.activations - fixed) * share
    return CheckpointChoice.positions(
      costs: costs, layers: layers, samples: samples, budget: Int(budget))
  }

  /// Whether there is data, and a graph that can be run on it.
  public nonisolated var canMeasure: Bool { runner != nil }

  /// Whether a task of its own judges outputs: ``PreviewMetrics/task`` is there then.
  public nonisolated var hasTask: Bool { runner?.measure != nil }

  /// Whether drafts are run in bfloat16 for this model on this machine; without, in 32-bit floats.
  ///
  /// - Throws: What a trial run throws.
  public nonisolated func hasDrafts() async throws -> Bool { try await draftRunner() != nil }

  /// What runs drafts; nil where they are not worth while.
  nonisolated func draftRunner() async throws -> BatchRunner? {
    guard draftChoice.isPossible else { return nil }
    // On a worker: the first call runs batches, and those belong on no thread of the cooperative pool.
    let found = Mutex<BatchRunner?>(nil)
    let choice = draftChoice
    try await pool.forEach(1) { _ in
      let runner = try choice.runner()
      found.withLock { $0 = runner }
    }
    return found.withLock { $0 }
  }

  /// The surest result of earlier, finished evaluations of the same settings.
  public func known(_ compressed: CompressedPlan) -> PreviewMetrics? {
    memo.best(for: compressed.identity)
  }

  /// Stops the evaluation that is running, if any, and work ahead.
  public func cancel() {
    current?.cancel()
    background?.cancel()
  }

  /// Measures a plan against the original network on the same samples.
  ///
  /// - Parameters:
  ///   - compressed: The plan; nil measures the original network alone.
  ///   - focus: The layer being edited: activations in front of it are kept for the next evaluation.
  ///   - precision: How sure the result is to be. A surer one that is known already is given.
  ///   - progress: Told of results so far, from worker threads, about 30 times a second; and of a
  ///     finished draft, and of settled counts, when something surer is still to come.
  /// - Returns: The metrics over the whole set.
  /// - Throws: `CancellationError` when cancelled or replaced by a newer evaluation; ``EngineError``.
  public func evaluate(
    _ compressed: CompressedPlan?, focus: String? = nil, precision: EvaluationPrecision = .exact,
    progress: (@Sendable (PreviewMetrics) -> Void)? = nil
  ) async throws -> PreviewMetrics {
    let runner = try compressed?.executed?.runner ?? requireRunner()
    cancel()
    let identity = compressed?.identity ?? PlanIdentity(steps: nil, layers: planner.untouched)
    if let known = memo.best(for: identity), known.precision >= precision.goal { return known }
    let flag = CancellationFlag()
    current = flag
    cache.beginEvaluation()
    let measurement = Measurement(
      pool: pool, plan: run(compressed, focus: focus),
      untouched: planner.run(nil, focus: focus), flag: flag, report: progress,
      isStaged: precision == .auto)
    return try await withTaskCancellationHandler {
      try await measure(measurement, on: runner, as: identity, goal: precision.goal)
    } onCancel: {
      flag.cancel()
    }
  }

  /// A plan made ready to run, in the network that its steps make.
  nonisolated func run(_ compressed: CompressedPlan?, focus: String?) -> PlanRun {
    (compressed?.executed?.planner ?? planner).run(compressed, focus: focus)
  }

  func requireRunner() throws(EngineError) -> BatchRunner {
    if let runner { return runner }
    _ = try model.runnableGraph()
    throw EngineError(
      .invalidData, problem: "there is no evaluation data", remedy: "Give it with --data")
  }

  /// The outputs of every sample under a plan, in evaluation order.
  ///
  /// - Parameter compressed: The plan; nil runs the model as it is.
  /// - Throws: ``EngineError`` when there is nothing to run; `CancellationError`.
  public func outputs(of compressed: CompressedPlan?) async throws -> [SampleOutput] {
    let preview = try compressed?.executed?.runner ?? requireRunner()
    let order = survey.order
    let runner = order.map { preview.byMargin($0.batches) } ?? preview
    let run = run(compressed, focus: nil)
    let count = runner.batches.indices.count
    let collected = Mutex([[SampleOutput]](repeating: [], count: count))
    try await pool.forEach(count) { batch in
      let samples = try runner.sampleOutputs(batch: batch, plan: run)
      collected.withLock { $0[batch] = samples }
    }
    let samples = collected.withLock { $0.flatMap { $0 } }
    return order?.inPreviewOrder(samples) ?? samples
  }
}

extension EvaluationPrecision {
  /// What a result must be at least.
  var goal: MeasuredPrecision {
    switch self {
    case .exact, .auto: .exact
    case .settled: .settled
    case .draft: .draft
    }
  }
}
