/// The heading an action stands under in help.
public enum ActionSection: String, Sendable, Hashable, CaseIterable {
  /// Choosing layers and panes.
  case move = "MOVE"
  /// Changing the plan.
  case edit = "EDIT"
  /// Changing what is shown.
  case views = "VIEWS"
  /// Files and the program.
  case files = "FILES"
  /// Measuring.
  case run = "RUN"
}
