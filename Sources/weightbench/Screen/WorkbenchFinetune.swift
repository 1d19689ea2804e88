import Datasets
import Evaluation
import Foundation
import ModelCompression
import Tensors
import Training
import WorkbenchCore

/// Trains as the workbench's form asks, writes the model, and gives the plan that makes of the open model
/// what was trained.
struct WorkbenchFinetune {
  let request: FinetuneRequest
  let engine: PreviewEngine

  /// - Throws: ``EngineError`` when data or settings do not fit, or writing failed; `CancellationError`
  ///   when stopped before training began.
  func run(
    progress: @escaping @Sendable (FinetuneProgress) -> Void
  ) async throws -> FinetuneOutcome {
    let output = (request.output as NSString).expandingTildeInPath
    guard !FileManager.default.fileExists(atPath: output) else {
      throw EngineError(
        .writeFailed, path: output, problem: "exists already", remedy: "Give another name")
    }
    let data = try EvaluationData.open(
      path: (request.data as NSString).expandingTildeInPath, limit: nil)
    let training = try PreviewEngine(
      model: engine.model, data: data, threads: engine.threads,
      memoryBudget: engine.memory.bytes / 2,
      calibration: try CalibrationSamples.choose(
        argument: nil, plan: request.plan, planPath: nil, evaluating: data))
    let result = try await Finetuner(
      engine: training, plan: request.plan, settings: request.settings, threads: engine.threads
    ).run(progress: progress)
    let bytes = try result.recovered.write(
      model: output, plan: RecoveredModel.planPath(for: output))
    var plan = result.recovered.plan
    plan.model = request.plan.model
    plan.finetuned = CompressionPlan.Model(
      file: URL(filePath: output).standardizedFileURL.path,
      sha256: try OpenedModel(path: output, keepBatchNorm: true).sha256())
    return FinetuneOutcome(
      plan: plan, path: output, bytes: bytes, ending: result.ending, start: result.history.first,
      best: result.best, seconds: result.seconds, notices: result.notices)
  }
}
