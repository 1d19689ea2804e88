import Tensors

/// The L2 norm: for single weights the same order as the magnitude; channels and blocks are ranked by
/// sqrt(sum w^2), as `torch.nn.utils.prune.ln_structured(n=2)` and coremltools' blocks.
public struct L2Criterion: ImportanceCriterion {
  /// `l2`.
  public let name = "l2"
  /// For the screen.
  public let summary = "the smallest w^2 go; channels by their Euclidean length"
  /// The root of the sum of squares.
  public let grouping = ScoreGrouping.euclidean

  /// Makes the criterion.
  public init() {}

  /// |w| for each weight; exact.
  public func scores(_ input: ScoringInput) -> [Float] {
    input.weights.array(of: Float.self).map(\.magnitude)
  }
}
