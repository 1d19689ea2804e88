import Evaluation
import Tensors

/// The search for a plan: whether one runs, and how far it has come.
public struct SearchState: Sendable {
  /// Whether a search runs.
  public internal(set) var isRunning = false
  /// What is searched for; stays after the end.
  public internal(set) var search: PlanSearch?
  /// The goal in words.
  public internal(set) var goalText = ""
  /// How far the search has come.
  public internal(set) var progress: SearchProgress?
  /// When it was started, in seconds since the start of the program.
  public internal(set) var startTime = 0.0
  /// Counts searches: results of older ones are stale.
  public internal(set) var number = 0

  /// No search yet.
  public init() {}

  /// The share of the work that is done, in whole percent; nil when no search runs.
  var percent: Int? {
    isRunning ? Int(((progress?.fraction ?? 0) * 100).rounded(.down)) : nil
  }
}
