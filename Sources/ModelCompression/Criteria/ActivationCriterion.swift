import Tensors

/// The mean activation E|a_o| of each output channel after its activation function, over calibration
/// samples.
///
/// Channels that are little active go first (Molchanov and others 2017, arXiv:1611.06440, section 2.2,
/// "activation").
public struct ActivationCriterion: ChannelCriterion {
  /// `activation`.
  public let name = "activation"
  /// For the screen.
  public let summary = "channels that are little active go: E|a| after the activation"
  /// What comes out of the layer.
  public let needs: Set<StatisticsNeed> = [.outputActivations]

  /// Makes the criterion.
  public init() {}

  /// E|a_o|.
  public func channelScores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    try input.channelFigures(\.outputMagnitude).map { Float($0) }
  }
}
