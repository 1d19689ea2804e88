import TerminalCells

/// The command palette: what is typed and which match is chosen.
public struct PaletteState: Sendable {
  /// The command line, without its colon.
  public var field = TextField()
  /// Index of the chosen match.
  public var index = 0
}
