import Datasets
import Execution
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// The variants of a model that plans ask for, made when they are first needed; the few used last are
/// kept.
final class VariantStore: Sendable {
  /// Variants that are kept: toggling a step goes back and forth between two.
  private static let limit = 3

  /// A variant that is made once, by whoever asks first.
  private final class Slot: Sendable {
    let variant = Mutex<ModelVariant?>(nil)
  }

  private struct State {
    var slots: [PlanSteps: Slot] = [:]
    /// Steps by last use, the latest last.
    var order: [PlanSteps] = []
    var last = 0
  }

  private let model: OpenedModel
  private let weights: PlanWeights
  private let original: BatchRunner?
  private let memory: MemoryBudget
  let calibrator: Calibrator
  private let state = Mutex(State())

  /// - Parameters:
  ///   - model: The opened model.
  ///   - weights: Its layers' compressed weights, shared with variants that leave them as they are.
  ///   - original: Runs the opened model; nil when there is nothing to run.
  ///   - memory: What may be taken.
  ///   - calibrator: Calibrates variants as the opened model is.
  init(
    model: OpenedModel, weights: PlanWeights, original: BatchRunner?, memory: MemoryBudget,
    calibrator: Calibrator
  ) {
    self.model = model
    self.weights = weights
    self.original = original
    self.memory = memory
    self.calibrator = calibrator
  }

  /// The variant of some steps; several callers that ask at once wait for one.
  ///
  /// Takes as long as the steps do: not for the main thread.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds.
  /// - Throws: ``EngineError`` when a step can't be taken; `CancellationError`.
  func variant(
    _ steps: PlanSteps, isCancelled: @escaping () -> Bool = { false }
  ) throws -> ModelVariant {
    let (slot, number) = state.withLock { state in
      state.order.removeAll { $0 == steps }
      state.order.append(steps)
      if state.order.count > Self.limit {
        state.slots[state.order.removeFirst()] = nil
      }
      let slot = state.slots[steps] ?? Slot()
      state.slots[steps] = slot
      state.last += 1
      return (slot, state.last)
    }
    return try slot.variant.withLock { variant in
      if let variant { return variant }
      let made = try make(steps, number: number, isCancelled)
      variant = made
      return made
    }
  }

  /// The variant of some steps, if it is there already.
  func known(_ steps: PlanSteps) -> ModelVariant? {
    let slot = state.withLock { $0.slots[steps] }
    return slot?.variant.withLockIfAvailable { $0 }.flatMap { $0 }
  }

  private func make(
    _ steps: PlanSteps, number: Int, _ isCancelled: @escaping () -> Bool
  ) throws -> ModelVariant {
    guard var graph = model.graph else {
      throw EngineError(
        .unsupported, path: model.path,
        problem: "holds weights without a graph, so that steps over several layers can't be taken",
        remedy:
          "Open the .onnx export of the model, or remove the plan's steps (equalize, channels, repair)"
      )
    }
    var notices: [String] = []
    if let equalize = steps.equalize {
      let equalized = try CrossLayerEqualization.apply(
        to: graph, equalize, isCancelled: isCancelled)
      graph = equalized.graph
      notices += equalized.report.notices
    }
    // What repair brings back is what the network shows before channels go.
    var sites: RepairSites?
    if !steps.repair.isEmpty {
      let found = RepairSites(&graph, steps: steps.repair)
      notices += found.notices
      sites = found
    }
    var reference: RepairReference?
    var kept: [String: [Int]] = [:]
    if let channels = steps.channels {
      let (smaller, report) = try channels.apply(to: graph)
      kept = report.kept
      notices += report.summary
      if let found = sites {
        reference = RepairReference(graph: graph, sites: found, kept: kept)
        graph = smaller
        sites = RepairSites(&graph, steps: steps.repair)
      } else {
        graph = smaller
      }
    }
    let made = try OpenedModel(madeFrom: model, graph: graph, kept: kept)
    let isShared = made.compressor.resolver === model.compressor.resolver
    let compressor = isShared ? weights.compressor : try calibrator.compressor(of: made)
    return try variant(
      of: made, number: number, steps: steps, notices: notices,
      weights: isShared
        ? weights
        : PlanWeights(compressor: compressor, byteLimit: memory.compressedWeights / 4),
      repair: try repair(made, sites, reference))
  }

  /// Nil without samples: sizes need none.
  private func repair(
    _ made: OpenedModel, _ sites: RepairSites?, _ reference: RepairReference?
  ) throws(EngineError) -> NetworkRepair? {
    guard let sites, let samples = calibrator.samples else { return nil }
    return try NetworkRepair(
      graph: try made.runnableGraph(), sites: sites, reference: reference, calibration: samples)
  }

  private func variant(
    of made: OpenedModel, number: Int, steps: PlanSteps?, notices: [String],
    weights: PlanWeights, repair: NetworkRepair?
  ) throws -> ModelVariant {
    let costs = original.flatMap { runner in
      made.graph.flatMap { graph in
        (try? runner.inputs(0)).flatMap { GraphCosts(graph: graph, inputs: $0) }
      }
    }
    return ModelVariant(
      number: number, model: made, steps: steps, notices: notices, weights: weights,
      compressor: weights.compressor,
      checkpoints: PreviewEngine.checkpoints(
        made, costs, samples: original.map { $0.data.count * $0.data.partCount } ?? 0,
        memory: memory, drafts: false),
      runner: try original.map { try runner(of: made, number: number, beside: $0) },
      repair: repair)
  }

  /// A network with rounded activations, which a plan runs in after its layers are compressed in
  /// another one.
  ///
  /// - Parameters:
  ///   - graph: It.
  ///   - base: What it was made of; nil for the opened model.
  func rounded(_ graph: NetworkGraph, base: ModelVariant?) throws -> ModelVariant {
    let number = state.withLock { state in
      state.last += 1
      return state.last
    }
    return try variant(
      of: try OpenedModel(madeFrom: model, graph: graph), number: number, steps: base?.steps,
      notices: [], weights: base?.weights ?? weights, repair: nil)
  }

  private func runner(
    of made: OpenedModel, number: Int, beside original: BatchRunner
  ) throws -> BatchRunner {
    let graph = try made.runnableGraph()
    let executor: any GraphExecutor =
      calibrator.isReference
      ? ReferenceGraphExecutor(graph: graph)
      : try FastExecutor(
        graph: graph,
        options: FastExecutor.Options(
          preparedByteLimit: memory.preparedWeights / 4, freeByteLimit: 16 << 20,
          roundsSamplesApart: true))
    var runner = BatchRunner(
      executor: executor, data: original.data, batches: original.batches, cache: original.cache,
      measure: original.measure)
    runner.network = number
    runner.original = OriginalRunner(original)
    return runner
  }
}
