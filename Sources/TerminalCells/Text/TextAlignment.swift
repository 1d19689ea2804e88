/// Where text stands in a line that is longer than it.
public enum TextAlignment: Sendable, Hashable {
  /// At the left.
  case leading
  /// In the middle.
  case center
  /// At the right, as numbers do.
  case trailing
}
