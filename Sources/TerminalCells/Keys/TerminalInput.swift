/// What comes from the terminal.
public enum TerminalInput: Sendable, Hashable {
  /// A key press.
  case key(KeyPress)
  /// Something done with the mouse; only while it is on.
  case mouse(MouseEvent)
  /// The terminal is gone; nothing more will come.
  case closed
}
