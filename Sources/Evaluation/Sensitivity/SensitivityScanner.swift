import Datasets
import Execution
import Foundation
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// Measures every layer of a model at every setting of a list, paired with the original network on
/// the same images.
///
/// What a layer reads is computed once a batch for all of its settings: the original network (or the
/// network with all layers compressed) is run once, keeping its state in front of every layer, and
/// each cell goes on from there with its own weights. Scores that need no run come first, then all
/// cells on the first batch, and so on; results do not depend on the number of threads.
///
/// ```swift
/// let scanner = SensitivityScanner(engine: engine)
/// let table = try await scanner.run(SensitivityScan()) { table, progress in show(table, progress) }
/// print(table.cell(layer: "conv1", setting: setting)?.delta ?? 0)
/// ```
public struct SensitivityScanner: Sendable {
  private let engine: PreviewEngine

  /// Makes a scanner for an engine's model and data; it uses the engine's threads and keeps within
  /// its memory budget.
  public init(engine: PreviewEngine) { self.engine = engine }

  /// Runs a scan to its end.
  ///
  /// - Parameters:
  ///   - scan: What to measure.
  ///   - journal: Where to note what is found, and what an earlier run left; nil for nowhere.
  ///   - progress: Told of the table so far, from worker threads, about ten times a second, and once
  ///     at the end, also when the scan is cancelled: what is known is kept.
  /// - Returns: The table.
  /// - Throws: ``EngineError``; `CancellationError` when the task is cancelled.
  public func run(
    _ scan: SensitivityScan, journal: ScanJournal? = nil,
    progress: @escaping @Sendable (SensitivityTable, ScanProgress) -> Void
  ) async throws -> SensitivityTable {
    guard let runner = engine.runner else {
      _ = try engine.model.runnableGraph()
      throw EngineError(
        .invalidData, problem: "there is no evaluation data", remedy: "Give it with --data")
    }
    var scan = scan
    if scan.precision == .auto { scan.precision = .settled }
    let draft = scan.precision == .draft ? try await engine.draftRunner()?.executor : nil
    if scan.precision == .draft && draft == nil { scan.precision = .exact }
    let work = try ScanWork(model: engine.model, scan: scan)
    let flag = CancellationFlag()
    return try await withTaskCancellationHandler {
      let weights = ScanWeights(
        model: work.model, settings: work.scan.settings, byteLimit: engine.memory.compressedWeights)
      let batches = ScanBatches(runner: runner, limit: scan.limit)
      let scored = try await ScanScoring(
        work: work, weights: weights, pool: engine.pool, images: batches.samples, flag: flag,
        progress: progress
      ).run(runner: runner, batches: batches)
      let measuring = ScanMeasuring(
        work: work, weights: weights, exact: runner.executor, draft: draft, pool: engine.pool,
        checkpointBytes: engine.memory.activations, flag: flag)
      return try await measuring.run(
        table: scored, batches: batches, journal: journal, progress: progress)
    } onCancel: {
      flag.cancel()
    }
  }
}
