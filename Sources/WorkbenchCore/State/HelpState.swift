import TerminalCells

/// The help overlay: a filter and how far it is scrolled.
public struct HelpState: Sendable {
  /// What is typed to find a key.
  public var filter = TextField()
  /// The first line shown.
  public var scroll = 0
}
