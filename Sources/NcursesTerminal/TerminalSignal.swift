/// A signal that came, as far as the workbench acts on it.
public enum TerminalSignal: Sendable, Hashable {
  /// The size of the terminal changed; ``NcursesTerminal/size`` is the new one already.
  case resize
  /// The program was stopped and goes on; the screen must be drawn anew.
  case goneOn
  /// Another program asks this one to stop for a while, as `C-z` does.
  case stop
  /// The program shall end: terminated, interrupted from outside, or the terminal closed.
  case end
}
