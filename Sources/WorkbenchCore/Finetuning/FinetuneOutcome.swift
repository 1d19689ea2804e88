import ModelCompression
import Training

/// What a training run gave, as a plan on the open model.
public struct FinetuneOutcome: Sendable {
  /// The plan that makes of the open model what was trained: it names the written file.
  public var plan: CompressionPlan
  /// The written file.
  public var path: String
  /// Its bytes.
  public var bytes: Int
  /// Why training ended.
  public var ending: FinetuneResult.Ending
  /// Validation before training; nil when there was none.
  public var start: ValidationPoint?
  /// The validation that is kept; nil when training ended before pruning did.
  public var best: ValidationPoint?
  /// Seconds that training took.
  public var seconds: Double
  /// What the user should know.
  public var notices: [String]

  /// Makes an outcome.
  public init(
    plan: CompressionPlan, path: String, bytes: Int, ending: FinetuneResult.Ending,
    start: ValidationPoint?, best: ValidationPoint?, seconds: Double, notices: [String]
  ) {
    self.plan = plan
    self.path = path
    self.bytes = bytes
    self.ending = ending
    self.start = start
    self.best = best
    self.seconds = seconds
    self.notices = notices
  }
}
