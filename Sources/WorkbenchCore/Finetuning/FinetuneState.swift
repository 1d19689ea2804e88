import Training

/// Training: whether a run is going on, and how far it has come.
public struct FinetuneState: Sendable {
  /// Whether a run is going on.
  public internal(set) var isRunning = false
  /// Whether it was told to stop and is writing the best so far.
  public internal(set) var isStopping = false
  /// How far it has come.
  public internal(set) var progress: FinetuneProgress?
  /// The loss of each step so far, the first first; every other one is dropped when there are many.
  public internal(set) var losses: [Double] = []
  /// Counts runs: news of older ones is stale.
  public internal(set) var number = 0
  /// Steps that one of ``losses`` stands for.
  var stride = 1

  /// No run yet.
  public init() {}

  /// A run that has just been started.
  init(number: Int) {
    self.number = number
    isRunning = true
  }

  /// The share of the work that is done, in whole percent; nil when no run is going on.
  var percent: Int? {
    isRunning ? Int(((progress?.fraction ?? 0) * 100).rounded(.down)) : nil
  }

  /// Takes in how far the run has come.
  mutating func take(_ progress: FinetuneProgress) {
    self.progress = progress
    guard let loss = progress.loss, progress.step % stride == 0 else { return }
    losses.append(loss)
    guard losses.count >= 1024 else { return }
    losses = losses.indices.filter { $0 % 2 == 1 }.map { losses[$0] }
    stride *= 2
  }
}
