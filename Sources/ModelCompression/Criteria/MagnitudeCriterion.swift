import Tensors

/// The magnitude |w|: small weights go first.
///
/// Han and others 2015, arXiv:1506.02626. Channels and blocks are ranked by their L1 norm, sum |w| (Li
/// and others 2017, arXiv:1608.08710).
public struct MagnitudeCriterion: ImportanceCriterion {
  /// `magnitude`.
  public let name = "magnitude"
  /// |w|.
  public let summary = "the smallest |w| go"

  /// Makes the criterion.
  public init() {}

  /// |w| for each weight; exact.
  public func scores(_ input: ScoringInput) -> [Float] {
    input.weights.array(of: Float.self).map(\.magnitude)
  }
}
