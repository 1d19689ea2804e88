import Tensors

/// |gamma_o| of the batch normalization behind the layer: channels that it scales down most go first.
///
/// Network slimming, Liu and others 2017, arXiv:1708.06519.
///
/// gamma is what the file holds, whether or not the normalization is folded into the weights on
/// opening; a file that was exported folded has none.
public struct BatchNormCriterion: ChannelCriterion {
  /// `bn-gamma`.
  public let name = "bn-gamma"
  /// For the screen.
  public let summary = "channels with a small batch-normalization scale go"

  /// Makes the criterion.
  public init() {}

  /// |gamma_o|.
  public func channelScores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    guard let scales = input.batchNormScale, scales.count == input.layer.outputChannels else {
      throw input.missing("no batch normalization follows it in the file")
    }
    return scales.map(\.magnitude)
  }
}
