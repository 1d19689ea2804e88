/// Why the terminal could not be taken over.
public struct TerminalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let problem: String
  /// What to do about it.
  public let remedy: String

  /// Both as one text.
  public var description: String { "\(problem). \(remedy)" }

  static let notATerminal = TerminalError(
    problem: "standard input or output is no terminal",
    remedy: "Run the workbench in a terminal, or use a subcommand such as 'evaluate'")

  static func unknownTerminal(_ name: String?) -> TerminalError {
    TerminalError(
      problem: "there is no description of the terminal '\(name ?? "")'",
      remedy: "Set TERM to a known one, such as xterm-256color, or install its terminfo entry")
  }

  static let noPipe = TerminalError(
    problem: "no pipe for signals could be made",
    remedy: "Too many files are open; close some programs")
}
