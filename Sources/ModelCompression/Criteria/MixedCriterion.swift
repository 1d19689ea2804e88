import Tensors

/// The mixed importance of the articles that this program grew from: weights and activations of a
/// channel, each as a share of the layer's largest, with a coefficient between them.
///
/// I_o = alpha x W_o / max W + (1 - alpha) x A_o / max A, where W_o = mean |w| of output channel o and
/// A_o = E|a_o| after its activation function over calibration samples. `alpha` is the setting's, 0.5
/// unless told otherwise. A maximum of 0 makes its part 0. In double precision.
public struct MixedCriterion: ChannelCriterion {
  /// `mixed`.
  public let name = "mixed"
  /// For the screen.
  public let summary = "alpha x weights + (1 - alpha) x activations, both relative to the largest"
  /// What comes out of the layer.
  public let needs: Set<StatisticsNeed> = [.outputActivations]

  /// Makes the criterion.
  public init() {}

  /// I_o.
  public func channelScores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    let activations = try input.channelFigures(\.outputMagnitude)
    let columns = Double(max(WeightRows(input.layer).columns, 1))
    let weights = input.channelMagnitudes().map { $0 / columns }
    let alpha = input.setting.alpha
    let (most, mostActive) = (weights.max() ?? 0, activations.max() ?? 0)
    return zip(weights, activations).map { weight, activation in
      Float(
        alpha * (most > 0 ? weight / most : 0)
          + (1 - alpha) * (mostActive > 0 ? activation / mostActive : 0))
    }
  }
}
