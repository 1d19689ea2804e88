import Tensors

/// The magnitude |w|: small weights go first.
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
