/// The heading an action stands under in help.
public enum ActionSection: String, Sendable, Hashable, CaseIterable {
  /// Choosing layers and panes.
  case move = "MOVE"
  /// Changing the plan.
  case edit = "EDIT"
  /// Changing what is shown.
  case views = "VIEWS"
  /// What each layer tolerates.
  case sensitivity = "SENSITIVITY"
  /// The plans measured so far.
  case board = "PARETO BOARD"
  /// Files and the program.
  case files = "FILES"
  /// Measuring.
  case run = "RUN"
}
