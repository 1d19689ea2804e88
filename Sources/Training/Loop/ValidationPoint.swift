/// What a network in training does on the samples that it is not trained on.
public struct ValidationPoint: Sendable, Hashable, Codable {
  /// Epochs done.
  public var epoch: Int
  /// Steps done.
  public var step: Int
  /// The mean loss of the steps since the point before; nil at the start.
  public var trainingLoss: Double?
  /// The loss on the validation samples, or the training loss where there are none.
  public var loss: Double
  /// Share of the validation samples that are classified rightly; without labels, of those that are
  /// classified as the float network does; nil where outputs are no class scores.
  public var accuracy: Double?

  /// Makes a point.
  ///
  /// - Parameters:
  ///   - epoch: Epochs done.
  ///   - step: Steps done.
  ///   - trainingLoss: The mean loss of the steps since the point before.
  ///   - loss: The loss on the validation samples.
  ///   - accuracy: Share of the validation samples that are classified rightly.
  public init(
    epoch: Int, step: Int, trainingLoss: Double? = nil, loss: Double, accuracy: Double? = nil
  ) {
    self.epoch = epoch
    self.step = step
    self.trainingLoss = trainingLoss
    self.loss = loss
    self.accuracy = accuracy
  }

  /// Whether it is better than another.
  ///
  /// - Parameters:
  ///   - other: The other.
  ///   - byAccuracy: Whether the share of right classes counts first and the loss only where it is equal:
  ///     without distillation, where the loss punishes a network that is sure of itself. With distillation
  ///     the loss says more, since few samples have few right classes to count.
  public func isBetter(than other: ValidationPoint, byAccuracy: Bool) -> Bool {
    guard loss.isFinite else { return false }
    guard other.loss.isFinite else { return true }
    guard byAccuracy, let accuracy, let before = other.accuracy else { return loss < other.loss }
    return (accuracy, -loss) > (before, -other.loss)
  }
}
