import Evaluation
import Foundation
import ModelCompression
import Synchronization
import Tensors
import WorkbenchCore

/// Does what the workbench asks for, off the main thread, and posts what comes of it.
///
/// One job per kind: a newer size, picture or measurement replaces the one before. Effects of the
/// terminal (suspend, redraw, themes, copying, quitting) are the run loop's own.
final class EffectRunner: Sendable {
  private enum Kind: Hashable {
    case evaluation, size, picture, scan, search, export, save, session
  }

  private let post: @Sendable (Message) -> Void
  private let engine = Mutex<PreviewEngine?>(nil)
  private let jobs = Mutex<[Kind: Task<Void, Never>]>([:])
  private let running = Atomic<Int>(0)
  private let ahead = Mutex(Ahead())

  /// Work ahead, and what it was asked for.
  private struct Ahead {
    var request: AheadRequest?
    var task: Task<Void, Never>?
  }

  /// How long no key must have come before work ahead begins: longer than a key repeats.
  private static let pause = Duration.milliseconds(120)

  private let precision: EvaluationPrecision

  /// - Parameters:
  ///   - precision: How sure measurements are to be.
  ///   - post: Delivers a message to the run loop, from any thread.
  init(precision: EvaluationPrecision, post: @escaping @Sendable (Message) -> Void) {
    self.precision = precision
    self.post = post
  }

  /// Whether no job is running.
  var isIdle: Bool { running.load(ordering: .sequentiallyConsistent) == 0 }

  /// Counts work that runs outside the jobs below, such as opening files.
  func track(_ body: @escaping @Sendable () async -> Void) {
    running.add(1, ordering: .sequentiallyConsistent)
    Task.detached {
      await body()
      self.running.subtract(1, ordering: .sequentiallyConsistent)
      self.post(.tick)
    }
  }

  /// Effects from now on are done with this engine.
  func use(_ engine: PreviewEngine) { self.engine.withLock { $0 = engine } }

  /// Starts the work of an effect.
  func run(_ effect: Effect) {
    guard let engine = engine.withLock({ $0 }) else { return }
    switch effect {
    case .evaluate(let plan, let generation, let focus):
      start(.evaluation) { await self.evaluate(plan, generation, focus, engine) }
    case .computeSize(let plan, let generation):
      start(.size) { await self.computeSize(plan, generation, engine) }
    case .loadLayer(let name, let plan, let generation):
      start(.picture) { await self.loadLayer(name, plan, generation, engine) }
    case .cancelEvaluation:
      jobs.withLock { $0[.evaluation] }?.cancel()
      start(.evaluation) { await engine.cancel() }
    case .scan(let scan, let number):
      start(.scan) { await self.scan(scan, number, engine) }
    case .cancelScan:
      jobs.withLock { $0[.scan] }?.cancel()
    case .search(let search, let number):
      start(.search) { await self.search(search, number, engine) }
    case .cancelSearch:
      jobs.withLock { $0[.search] }?.cancel()
    case .export(let request):
      start(.export) { await self.export(request, engine) }
    case .savePlan(let plan, let path):
      start(.save) { self.savePlan(plan, path) }
    case .saveSession, .setTheme, .suspend, .redraw, .copyScreen, .quit:
      break
    }
  }

  /// Writes the session file, one write after the other.
  func keepSession(_ write: @escaping @Sendable () -> Void) {
    let before = jobs.withLock { $0[.session] }
    start(.session) {
      await before?.value
      write()
    }
  }

  /// Prepares the selected layer and measures neighbours of the plan, after a moment in which no key
  /// came; not counted as a running job, since nothing waits for it.
  ///
  /// A request that is under way or done is not started again.
  func workAhead(_ request: AheadRequest) {
    guard let engine = engine.withLock({ $0 }) else { return }
    ahead.withLock { ahead in
      guard ahead.request != request else { return }
      ahead.task?.cancel()
      ahead.request = request
      ahead.task = Task.detached { await self.workAhead(request, engine) }
    }
  }

  /// Stops work ahead; what it found so far is kept.
  func stopAhead() {
    ahead.withLock { ahead in
      ahead.task?.cancel()
      ahead = Ahead()
    }
  }

  private func workAhead(_ request: AheadRequest, _ engine: PreviewEngine) async {
    let total = request.neighbours.count
    let tell: @Sendable (Int) -> Void = { done in
      self.post(
        .ahead(
          AheadProgress(
            generation: request.generation, layer: request.layer, done: done, total: total)))
    }
    do {
      try await Task.sleep(for: Self.pause)
      tell(0)
      try await engine.prepare(engine.compress(request.plan), focus: request.layer)
      try await engine.speculate(
        on: request.neighbours, focus: request.layer, precision: precision, progress: tell)
    } catch {
      // Stopped by a key; or a failure, which the measurement that needs it tells.
    }
  }

  private func start(_ kind: Kind, _ body: @escaping @Sendable () async -> Void) {
    running.add(1, ordering: .sequentiallyConsistent)
    jobs.withLock { jobs in
      jobs[kind]?.cancel()
      jobs[kind] = Task.detached {
        await body()
        self.running.subtract(1, ordering: .sequentiallyConsistent)
        // Wakes a run loop that waits for idleness; a tick changes nothing else.
        self.post(.tick)
      }
    }
  }

  private func evaluate(
    _ plan: CompressionPlan, _ generation: Int, _ focus: String?, _ engine: PreviewEngine
  ) async {
    do {
      let compressed = try await engine.compress(plan)
      try Task.checkCancellation()
      let metrics = try await engine.evaluate(
        compressed, focus: focus, precision: precision
      ) { partial in
        self.post(.progress(generation: generation, partial))
      }
      post(.evaluated(generation: generation, metrics))
    } catch is CancellationError {
      post(.evaluationCancelled(generation: generation))
    } catch {
      post(.evaluationFailed(generation: generation, Self.engineError(error)))
    }
  }

  private func computeSize(
    _ plan: CompressionPlan, _ generation: Int, _ engine: PreviewEngine
  ) async {
    do {
      let compressed = try await engine.compress(plan)
      try Task.checkCancellation()
      let size = try engine.size(of: compressed)
      post(
        .sizes(
          generation: generation, size,
          layers: compressed.rows.map {
            LayerSize(storedBytes: $0.storedBytes, sparsity: $0.sparsity)
          }))
    } catch is CancellationError {
    } catch {
      post(.evaluationFailed(generation: generation, Self.engineError(error)))
    }
  }

  private func loadLayer(
    _ name: String, _ plan: CompressionPlan, _ generation: Int, _ engine: PreviewEngine
  ) async {
    guard let layer = engine.model.layers.first(where: { $0.name == name }),
      let compressed = try? await engine.compress(plan), !Task.isCancelled,
      let report = engine.layerReport(name, in: compressed)
    else { return }
    let picture = LayerPicture(report: report, layer: layer)
    guard !Task.isCancelled else { return }
    post(.layerPicture(generation: generation, picture))
  }

  private func scan(_ scan: SensitivityScan, _ number: Int, _ engine: PreviewEngine) async {
    do {
      let table = try await SensitivityScanner(engine: engine).run(scan) { table, progress in
        self.post(.scanProgress(number: number, table, progress))
      }
      post(.scanFinished(number: number, table))
    } catch is CancellationError {
      post(.scanCancelled(number: number))
    } catch {
      post(.scanFailed(number: number, Self.engineError(error)))
    }
  }

  private func search(_ search: PlanSearch, _ number: Int, _ engine: PreviewEngine) async {
    do {
      let result = try await PlanSearcher(engine: engine).run(search) { progress in
        self.post(.searchProgress(number: number, progress))
      }
      post(.searchFinished(number: number, result))
    } catch is CancellationError {
      post(.searchCancelled(number: number))
    } catch {
      post(.searchFailed(number: number, Self.engineError(error)))
    }
  }

  private func export(_ request: ExportRequest, _ engine: PreviewEngine) async {
    do {
      post(.exportFinished(try await WorkbenchExport(request: request, engine: engine).write()))
    } catch {
      post(.exportFailed(Self.engineError(error)))
    }
  }

  private func savePlan(_ plan: CompressionPlan, _ path: String) {
    do {
      let full = WorkbenchExport.expand(path)
      try plan.write(to: full)
      post(.planSaved(path: full, plan: plan))
    } catch {
      post(.planSaveFailed(Self.engineError(error)))
    }
  }

  /// Any error as one with problem and remedy.
  static func engineError(_ error: any Error) -> EngineError {
    error as? EngineError
      ?? EngineError(EngineError.Code(rawValue: "failed"), problem: "\(error)")
  }
}
