/// How far training is.
public struct FinetuneProgress: Sendable {
  /// Steps done.
  public var step: Int
  /// Steps in all; may change after the first epoch when a time limit decides.
  public var steps: Int
  /// Epochs done.
  public var epoch: Int
  /// Epochs in all.
  public var epochs: Int
  /// The loss of the last step; nil before the first.
  public var loss: Double?
  /// The learning rate of the last step.
  public var learningRate: Double
  /// The share of the plan's pruning that is done, 0...1.
  public var pruning: Double
  /// Every validation so far, the start first.
  public var history: [ValidationPoint]
  /// The best of them, which is what a cancelled run gives.
  public var best: ValidationPoint?
  /// Seconds that are still needed at the present pace; nil before the first step.
  public var secondsLeft: Double?

  /// Makes a report of a run.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - steps: Steps in all.
  ///   - epoch: Epochs done.
  ///   - epochs: Epochs in all.
  ///   - loss: The loss of the last step.
  ///   - learningRate: The learning rate of the last step.
  ///   - pruning: The share of the plan's pruning that is done, 0...1.
  ///   - history: Every validation so far, the start first.
  ///   - best: The best of them.
  ///   - secondsLeft: Seconds that are still needed.
  public init(
    step: Int, steps: Int, epoch: Int, epochs: Int, loss: Double?, learningRate: Double,
    pruning: Double, history: [ValidationPoint], best: ValidationPoint?, secondsLeft: Double?
  ) {
    self.step = step
    self.steps = steps
    self.epoch = epoch
    self.epochs = epochs
    self.loss = loss
    self.learningRate = learningRate
    self.pruning = pruning
    self.history = history
    self.best = best
    self.secondsLeft = secondsLeft
  }

  /// Share of the steps that are done, 0...1.
  public var fraction: Double { steps > 0 ? Double(step) / Double(steps) : 1 }
}
