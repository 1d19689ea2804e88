/// Which weights of a layer are ranked against each other.
public enum ScoreComparison: Sendable, Hashable {
  /// All of them.
  case layer
  /// Those of one output channel: each gives the same share.
  case row
}
