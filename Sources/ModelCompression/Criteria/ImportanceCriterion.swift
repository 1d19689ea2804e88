import Tensors

/// A rule that says how much each weight matters: the lowest scores are pruned first.
///
/// A criterion is a stateless value; one file per criterion, registered by one line in
/// ``CriterionRegistry``.
public protocol ImportanceCriterion: Sendable {
  /// The name in plans, such as `magnitude`.
  var name: String { get }
  /// What it goes by, in some ten words for the screen.
  var summary: String { get }
  /// What the scores are made from besides the weights.
  var needs: Set<StatisticsNeed> { get }
  /// Which weights are ranked against each other when weights go one by one.
  var comparison: ScoreComparison { get }
  /// How scores are put together where weights go in blocks or channels.
  var grouping: ScoreGrouping { get }
  /// Whether the scores depend on the seed.
  var isRandom: Bool { get }

  /// One score for each weight, in the same order; all finite when the weights are.
  ///
  /// - Throws: ``EngineError`` when the input lacks what the criterion needs.
  func scores(_ input: ScoringInput) throws(EngineError) -> [Float]
}

extension ImportanceCriterion {
  /// Nothing but the weights.
  public var needs: Set<StatisticsNeed> { [] }
  /// All weights of the layer.
  public var comparison: ScoreComparison { .layer }
  /// The sum.
  public var grouping: ScoreGrouping { .sum }
  /// No.
  public var isRandom: Bool { false }
}
