import Tensors

/// |w g|: how much the loss changes, to first order, when the weight goes; over calibration samples.
///
/// Lee and others 2019, arXiv:1810.02340, equation 5, without its division by the layer's sum, which
/// changes no order. g is the gradient of the mean loss over the samples, in the original network.
public struct SNIPCriterion: ImportanceCriterion {
  /// `snip`.
  public let name = "snip"
  /// For the screen.
  public let summary = "the smallest |w| x |gradient| go: first-order change of the loss"
  /// The loss's gradient.
  public let needs: Set<StatisticsNeed> = [.gradients]

  /// Makes the criterion.
  public init() {}

  /// |w g|.
  public func scores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    let gradient = try input.weightFigures(\.gradientMean)
    return input.weights.withElements(of: Float.self) { weights in
      gradient.withElements(of: Float.self) { gradient in
        weights.indices.map { (weights[$0] * gradient[$0]).magnitude }
      }
    }
  }
}
