import Evaluation
import Foundation
import ModelCompression
import Synchronization
import Tensors
import WorkbenchCore

/// Does what the workbench asks for, off the main thread, and posts what comes of it.
///
/// One job per kind: a newer size, picture or measurement replaces the one before. Sizes, pictures and
/// counting have threads of their own, so that none waits for a measurement; the others begin when the
/// size is there, which takes milliseconds and is what the user waits for. Effects of the terminal
/// (suspend, redraw, themes, copying, quitting) are the run loop's own.
final class EffectRunner: Sendable {
  private enum Kind: Hashable {
    case evaluation, scan, prediction, search, finetuning, storage, export, save, session
  }

  /// What the newest orders were for, which counting goes by.
  private struct Orders {
    var plan = CompressionPlan()
    var generation = 0
    var layer: String?
  }

  private let post: @Sendable (Message) -> Void
  private let engine = Mutex<PreviewEngine?>(nil)
  private let jobs = Mutex<[Kind: Task<Void, Never>]>([:])
  private let ahead = Mutex(Ahead())

  /// Work ahead, and what it was asked for.
  private struct Ahead {
    var request: AheadRequest?
    var task: Task<Void, Never>?
  }

  /// How long no key must have come before work ahead begins: longer than a key repeats.
  private static let pause = Duration.milliseconds(120)

  /// Where scans note what they measured, so that one that was stopped goes on where it was.
  private let journals = ScanJournals()

  private let precision: EvaluationPrecision
  private let orders = Mutex(Orders())
  private let lastPicture = Mutex<LayerPicture?>(nil)
  private let work: WorkCounter
  private let sizeJob: LatestJob
  private let pictureJob: LatestJob
  private let countJob: LatestJob

  /// - Parameters:
  ///   - precision: How sure measurements are to be.
  ///   - post: Delivers a message to the run loop, from any thread.
  init(precision: EvaluationPrecision, post: @escaping @Sendable (Message) -> Void) {
    self.precision = precision
    self.post = post
    // Wakes a run loop that waits for idleness; a tick changes nothing else.
    let work = WorkCounter { post(.tick) }
    self.work = work
    sizeJob = LatestJob(label: "sizes", qos: .userInteractive) { work.end() }
    pictureJob = LatestJob(label: "pictures", qos: .userInitiated) { work.end() }
    countJob = LatestJob(label: "counting", qos: .utility) { work.end() }
  }

  /// Whether no job is running.
  var isIdle: Bool { work.isIdle }

  /// Counts work that runs outside the jobs below, such as opening files.
  func track(_ body: @escaping @Sendable () async -> Void) {
    work.begin()
    Task.detached {
      await body()
      self.work.end()
    }
  }

  /// Removes what is kept for this run only.
  func close() { journals.remove() }

  /// Effects from now on are done with this engine.
  func use(_ engine: PreviewEngine) {
    lastPicture.withLock { $0 = nil }
    self.engine.withLock { $0 = engine }
  }

  /// Starts the work of an effect.
  func run(_ effect: Effect) {
    guard let engine = engine.withLock({ $0 }) else { return }
    switch effect {
    case .evaluate(let plan, let generation, let focus):
      start(.evaluation) {
        await self.sizeJob.idle()
        await self.evaluate(plan, generation, focus, engine)
      }
    case .computeSize(let plan, let generation):
      orders.withLock { ($0.plan, $0.generation) = (plan, generation) }
      computeSize(plan, generation, engine)
    case .loadLayer(let name, let plan, let generation):
      let old = orders.withLock { orders in
        defer { orders.layer = name }
        return orders.layer
      }
      work.begin()
      pictureJob.start(patience: old == name ? .milliseconds(60) : .zero) { isCancelled in
        self.sizeJob.waitUntilIdle(atMost: .milliseconds(50))
        self.loadLayer(name, plan, generation, engine, isCancelled)
      }
    case .cancelEvaluation:
      jobs.withLock { $0[.evaluation] }?.cancel()
      start(.evaluation) { await engine.cancel() }
    case .scan(let scan, let number):
      // The scan before may still be writing its journal.
      let before = jobs.withLock { $0[.scan] }
      start(.scan) {
        await before?.value
        await self.scan(scan, number, engine)
      }
    case .cancelScan:
      jobs.withLock { $0[.scan] }?.cancel()
    case .predict(let table):
      start(.prediction) { await self.predict(table, engine) }
    case .cancelPrediction:
      jobs.withLock { $0[.prediction] }?.cancel()
    case .search(let search, let number):
      start(.search) { await self.search(search, number, engine) }
    case .computeStorage(let plan, let generation):
      start(.storage) { await self.computeStorage(plan, generation, engine) }
    case .cancelSearch:
      jobs.withLock { $0[.search] }?.cancel()
    case .finetune(let request, let number):
      start(.finetuning) { await self.finetune(request, number, engine) }
    case .cancelFinetune:
      jobs.withLock { $0[.finetuning] }?.cancel()
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
    work.begin()
    jobs.withLock { jobs in
      jobs[kind]?.cancel()
      jobs[kind] = Task.detached {
        await body()
        self.work.end()
      }
    }
  }

  private func evaluate(
    _ plan: CompressionPlan, _ generation: Int, _ focus: String?, _ engine: PreviewEngine
  ) async {
    do {
      let compressed = try await engine.compress(plan) { progress in
        self.post(.compressing(generation: generation, progress))
      }
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

  private func scan(_ scan: SensitivityScan, _ number: Int, _ engine: PreviewEngine) async {
    do {
      try Task.checkCancellation()
      let table = try await SensitivityScanner(engine: engine).run(
        scan, journal: journals.journal(for: scan)
      ) { table, progress in
        self.post(.scanProgress(number: number, table, progress))
      }
      post(.scanFinished(number: number, table))
    } catch is CancellationError {
      post(.scanCancelled(number: number))
    } catch {
      post(.scanFailed(number: number, Self.engineError(error)))
    }
  }

  private func predict(_ table: SensitivityTable, _ engine: PreviewEngine) async {
    do {
      post(.predicted(try FisherScores.of(table, engine: engine)))
    } catch is CancellationError {
      // Nobody looks at them any more.
    } catch {
      post(.predictionFailed(Self.engineError(error)))
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

  private func finetune(
    _ request: FinetuneRequest, _ number: Int, _ engine: PreviewEngine
  ) async {
    do {
      let outcome = try await WorkbenchFinetune(request: request, engine: engine).run {
        self.post(.finetuneProgress(number: number, $0))
      }
      post(.finetuneFinished(number: number, outcome))
    } catch is CancellationError {
      post(.finetuneCancelled(number: number))
    } catch {
      post(.finetuneFailed(number: number, Self.engineError(error)))
    }
  }

  /// Computes the sizes; the zeros of layers left alone are counted afterwards.
  private func computeSize(
    _ plan: CompressionPlan, _ generation: Int, _ engine: PreviewEngine
  ) {
    work.begin()
    sizeJob.start(patience: .milliseconds(60)) { isCancelled in
      do {
        let sizes = try engine.sizes.sizes(of: plan, isCancelled: isCancelled)
        self.post(
          .sizes(
            generation: generation, sizes.summary,
            layers: sizes.layers.map {
              LayerSize(storedBytes: $0.storedBytes, sparsity: $0.sparsity)
            }))
        if !sizes.isComplete { self.countZeros(engine) }
      } catch is CancellationError {
      } catch {
        self.post(.evaluationFailed(generation: generation, Self.engineError(error)))
      }
    }
  }

  private func computeStorage(
    _ plan: CompressionPlan, _ generation: Int, _ engine: PreviewEngine
  ) async {
    do {
      let compressed = try await engine.compress(plan)
      post(.storage(generation: generation, try engine.storageFigures(of: compressed)))
    } catch is CancellationError {
    } catch {
      post(.note("sizes: \(Self.engineError(error).description)", .error))
    }
  }

  /// Counts zeros of layers, those next to the selected one first, and has sizes told again as it goes
  /// on; does nothing when it runs already.
  private func countZeros(_ engine: PreviewEngine) {
    work.begin()
    countJob.startUnlessRunning { isCancelled in
      var told = ContinuousClock.now
      let layers = engine.model.layers
      while !isCancelled() {
        let name = self.orders.withLock { $0.layer }
        let focus = layers.firstIndex { $0.name == name } ?? 0
        guard let next = engine.sizes.uncounted(nearest: focus) else { break }
        do {
          try engine.sizes.countZeros(of: next, isCancelled: isCancelled)
        } catch {
          return
        }
        if ContinuousClock.now - told > .milliseconds(200) {
          told = .now
          self.tellSizes(engine)
        }
      }
      self.tellSizes(engine)
    }
  }

  private func tellSizes(_ engine: PreviewEngine) {
    let orders = orders.withLock { $0 }
    computeSize(orders.plan, orders.generation, engine)
  }

  private func loadLayer(
    _ name: String, _ plan: CompressionPlan, _ generation: Int, _ engine: PreviewEngine,
    _ isCancelled: @escaping LatestJob.IsCancelled
  ) {
    let layers = engine.model.layers
    guard let index = layers.firstIndex(where: { $0.name == name }),
      let report = try? engine.layerReport(index, under: plan, isCancelled: isCancelled),
      let picture = try? LayerPicture(
        report: report, layer: layers[index], previous: lastPicture.withLock { $0 },
        isCancelled: isCancelled)
    else { return }
    lastPicture.withLock { $0 = picture }
    post(.layerPicture(generation: generation, picture))
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
