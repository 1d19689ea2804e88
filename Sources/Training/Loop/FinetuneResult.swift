/// What a training run gave.
public struct FinetuneResult: Sendable {
  /// Why a run ended.
  public enum Ending: String, Sendable, Hashable, Codable {
    /// All steps are done.
    case finished
    /// No better validation for as many epochs as patience has.
    case noProgress
    /// The time is up.
    case timeLimit
    /// Cancelled; the best so far is kept.
    case cancelled
    /// The loss was no number any more; the best so far is kept.
    case diverged
  }

  /// The model with its plan.
  public let recovered: RecoveredModel
  /// Why the run ended.
  public let ending: Ending
  /// Steps done.
  public let steps: Int
  /// Epochs done.
  public let epochs: Int
  /// What the float model does on the validation samples; nil where there are none.
  public let original: ValidationPoint?
  /// Every validation, the start first.
  public let history: [ValidationPoint]
  /// The one that is kept; nil when training ended before pruning did.
  public let best: ValidationPoint?
  /// Samples that were trained on.
  public let trainingSamples: Int
  /// Samples that were judged by.
  public let validationSamples: Int
  /// What was trained on, in words.
  public let loss: String
  /// Seconds that training took, those before a checkpoint included.
  public let seconds: Double
  /// Whether the run was taken up from a checkpoint.
  public let isResumed: Bool
  /// What the user should know.
  public let notices: [String]
}
