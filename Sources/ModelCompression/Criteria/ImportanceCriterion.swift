/// A rule that says how much each weight matters: the lowest scores are pruned first.
///
/// A criterion is a stateless value; one file per criterion, registered by one line in
/// ``CriterionRegistry``.
public protocol ImportanceCriterion: Sendable {
  /// The name in plans, such as `magnitude`.
  var name: String { get }

  /// One score for each weight, in the same order; all finite when the weights are.
  func scores(of weights: [Float]) -> [Float]
}
