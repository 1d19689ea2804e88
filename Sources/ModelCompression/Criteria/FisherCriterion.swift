import Tensors

/// w^2 E[g^2] / 2: how much the loss grows, to second order, when the weight goes; over calibration
/// samples.
///
/// Optimal brain damage (LeCun and others 1989) with the diagonal of the Fisher information in the
/// place of the Hessian's (Theis and others 2018, arXiv:1801.05787); g is the gradient of the loss of
/// one sample. In double precision, rounded to float32.
public struct FisherCriterion: ImportanceCriterion {
  /// `fisher`.
  public let name = "fisher"
  /// For the screen.
  public let summary =
    "the smallest w^2 x mean squared gradient go: second-order growth of the loss"
  /// The loss's gradient.
  public let needs: Set<StatisticsNeed> = [.gradients]

  /// Makes the criterion.
  public init() {}

  /// w^2 E[g^2] / 2.
  public func scores(_ input: ScoringInput) throws(EngineError) -> [Float] {
    let squares = try input.weightFigures(\.gradientSquare)
    return input.weights.withElements(of: Float.self) { weights in
      squares.withElements(of: Float.self) { squares in
        weights.indices.map { index in
          let weight = Double(weights[index])
          return Float(weight * weight * Double(squares[index]) / 2)
        }
      }
    }
  }
}
