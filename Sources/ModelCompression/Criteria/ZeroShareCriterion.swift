import Tensors

/// The average percentage of zeros (APoZ) of each output channel after its activation function, over
/// calibration samples.
///
/// The score is 1 - APoZ_o, so that channels that are zero most often go first (Hu and others 2016,
/// arXiv:1607.03250).
/// Only functions with exact zeros such as Relu tell channels apart.
public struct ZeroShareCriterion: ChannelCriterion {
  /// `apoz`.
  public let name = "apoz"
  /// For the screen.
  public let summary = "channels that are zero most often after the activation go"
  /// What comes out of the layer.
  public let needs: Set<StatisticsNeed> = [.outputActivations]

  /// Makes the criterion.
  public init() {}

  /// 1 - APoZ_o.
  public func channelScores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    try input.channelFigures(\.outputZeros).map { Float(1 - $0) }
  }
}
