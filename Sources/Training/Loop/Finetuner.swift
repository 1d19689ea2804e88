import Evaluation
import Execution
import Foundation
import ModelCompression
import Tensors

/// Trains back the accuracy that compression cost.
///
/// What runs while it trains is what the plan makes of the trained weights: zeros stay zero, weights go
/// through the plan's own quantizer, and gradients pass it straight through (1308.3432). So the plan,
/// applied to the recovered model, gives exactly the network that was trained.
///
/// ```swift
/// let finetuner = Finetuner(engine: engine, plan: plan, settings: FinetuneSettings())
/// let result = try await finetuner.run { print($0.step, $0.loss ?? 0) }
/// try result.recovered.write(model: "recovered.onnx", plan: "recovered.yaml")
/// ```
///
/// The same files, plan, data and settings give the same bits, whatever the number of threads: a step is
/// split into shards of at most ``shardSize`` samples, whose gradients are added up in their order.
public struct Finetuner: Sendable {
  /// Samples that one thread takes at a time.
  public static let shardSize = 32

  /// The model and the training data.
  public let engine: PreviewEngine
  /// The plan whose losses are recovered.
  public let plan: CompressionPlan
  /// How.
  public let settings: FinetuneSettings
  /// Where the run can be taken up again; nil keeps nothing.
  public let checkpoint: String?
  let pool: WorkerPool

  /// A training run; nothing is computed yet.
  ///
  /// - Parameters:
  ///   - engine: An engine of the model with the training data.
  ///   - plan: The plan.
  ///   - settings: How to train.
  ///   - threads: Worker threads.
  ///   - checkpoint: A file to which the run is written now and then, and from which it is taken up again
  ///     when it exists.
  /// - Throws: ``EngineError`` with code `invalidArgument` for settings out of range.
  public init(
    engine: PreviewEngine, plan: CompressionPlan, settings: FinetuneSettings,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount, checkpoint: String? = nil
  ) throws(EngineError) {
    try settings.check()
    self.engine = engine
    self.plan = plan
    self.settings = settings
    self.checkpoint = checkpoint
    pool = WorkerPool(threads: threads)
  }

  var optimizer: any Optimizer {
    switch settings.optimizer {
    case .sgd: MomentumSGD(momentum: settings.momentum)
    case .adamw: AdamW()
    }
  }

  /// Trains, and gives the best network that validation saw.
  ///
  /// Cancelling the task ends the training in good order: the best so far is the result.
  ///
  /// - Parameter progress: Told after every step.
  /// - Throws: ``EngineError``; `CancellationError` when cancelled before training began.
  public func run(
    progress: @escaping @Sendable (FinetuneProgress) -> Void = { _ in }
  ) async throws -> FinetuneResult {
    let setup = try await FinetuneSetup.make(
      engine: engine, plan: plan, settings: settings, optimizer: optimizer, pool: pool)
    var run = TrainingRun(finetuner: self, setup: setup, progress: progress)
    try await run.begin()
    let ending = try await run.train()
    let (finished, finetuner) = (run, self)
    // Not a part of this task, which may be cancelled.
    return try await Task {
      try await finetuner.result(of: finished, ending: ending)
    }.value
  }
}
