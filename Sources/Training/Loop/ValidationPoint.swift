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

  /// Whether it is better than another: more rightly classified, and of equals the lower loss.
  public func isBetter(than other: ValidationPoint) -> Bool {
    guard loss.isFinite else { return false }
    guard other.loss.isFinite else { return true }
    return (accuracy ?? 0, -loss) > (other.accuracy ?? 0, -other.loss)
  }
}
