import Datasets
import Evaluation
import ModelCompression
import Tensors
import WorkbenchCore

/// Opens what the workbench was started with, in the order in which the screen can use it: the model's
/// layers first, then the data.
struct WorkbenchOpening: Sendable {
  private let configuration: WorkbenchConfiguration
  private let runner: EffectRunner
  private let post: @Sendable (Message) -> Void

  /// - Parameters:
  ///   - configuration: What to open.
  ///   - runner: Gets the engine that effects are done with.
  ///   - post: Delivers messages to the run loop.
  init(
    _ configuration: WorkbenchConfiguration, runner: EffectRunner,
    post: @escaping @Sendable (Message) -> Void
  ) {
    self.configuration = configuration
    self.runner = runner
    self.post = post
  }

  /// Opens everything; what fails is posted.
  func run() async {
    let model: OpenedModel
    let plan: CompressionPlan
    var summary: ModelSummary
    do {
      model = try OpenedModel(
        path: configuration.model, keepBatchNorm: configuration.keepBatchNorm)
      summary = model.summary
      (plan, summary.head) = try self.plan(for: model)
      // Sizes and pictures need no data.
      runner.use(try PreviewEngine(model: model, data: nil, threads: configuration.threads))
    } catch {
      post(.openFailed(EffectRunner.engineError(error)))
      return
    }
    if configuration.data != nil { post(.openingData) }
    post(.modelOpened(summary, plan: plan, planPath: configuration.plan))
    if configuration.keepsSession, configuration.plan == nil,
      let found = SessionFile(model: configuration.model).read()
    {
      post(.sessionFound(found.plan, age: found.age))
    }
    guard let path = configuration.data else { return }
    do {
      let data = try EvaluationData.open(path: path, limit: configuration.limit)
      let engine = try PreviewEngine(
        model: model, data: data, threads: configuration.threads, seed: configuration.seed,
        memoryBudget: configuration.memoryBudget,
        calibration: try CalibrationSamples.choose(
          argument: configuration.calibration, plan: plan, planPath: configuration.plan,
          evaluating: data))
      runner.use(engine)
      post(
        .dataOpened(
          DataSummary(
            name: data.name, count: data.count, hasLabels: data.labels != nil,
            hasTask: engine.hasTask, trainingPath: TrainingDataFinder.path(beside: path),
            notes: data.notes, calibrationNotice: engine.planCompressor.calibration.notice)))
    } catch {
      post(.dataFailed(EffectRunner.engineError(error)))
    }
  }

  /// The plan to begin with, and the head that it pins without being told.
  private func plan(
    for model: OpenedModel
  ) throws -> (plan: CompressionPlan, head: HeadLayers?) {
    guard let path = configuration.plan else {
      // What is wrong with the description is told when the data are opened.
      let head = configuration.data.flatMap { try? EvaluationData.describedHead(path: $0) }
      return model.defaultPlan(head: head ?? nil)
    }
    let plan = try CompressionPlan.read(path: path)
    if plan.model?.sha256 != nil { try plan.check(modelSHA256: model.sha256()) }
    _ = try plan.resolved(for: model.layers)
    return (plan, nil)
  }
}
