/// How the scores of weights that go together make the score of all.
public enum ScoreGrouping: Sendable, Hashable {
  /// Their sum: with |w| the L1 norm.
  case sum
  /// The root of the sum of their squares: with |w| the L2 norm.
  case euclidean
}
