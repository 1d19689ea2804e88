import Tensors

/// (sum w g)^2 over the weights of an output channel: the squared change of the loss, to first order,
/// when the channel goes; over calibration samples.
///
/// Molchanov and others 2019, arXiv:1906.10771, equation 8, for the parameters of a channel as one group.
/// g is the gradient of the mean loss over the samples, in the original network. In double precision.
public struct TaylorCriterion: ChannelCriterion {
  /// `taylor`.
  public let name = "taylor"
  /// For the screen.
  public let summary = "channels with a small (sum of w x gradient)^2 go"
  /// The loss's gradient.
  public let needs: Set<StatisticsNeed> = [.gradients]

  /// Makes the criterion.
  public init() {}

  /// (sum w g)^2.
  public func channelScores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    let gradient = try input.weightFigures(\.gradientMean)
    let rows = WeightRows(input.layer)
    return input.weights.withElements(of: Float.self) { weights in
      gradient.withElements(of: Float.self) { gradient in
        (0..<rows.rows).map { row in
          var sum = 0.0
          for column in 0..<rows.columns {
            let index = rows.index(row: row, column: column)
            sum += Double(weights[index]) * Double(gradient[index])
          }
          return Float(sum * sum)
        }
      }
    }
  }
}
