/// A question asked before work is lost.
public enum Confirmation: Sendable, Hashable {
  /// Quitting with an unsaved plan.
  case quit
  /// Taking back every setting.
  case resetPlan

  /// Taking the unsaved plan of an earlier session.
  case restoreSession

  /// The question.
  var question: String {
    switch self {
    case .quit: "The plan has unsaved changes."
    case .resetPlan: "Reset every layer to its original weights?"
    case .restoreSession: "The last session of this model left an unsaved plan."
    }
  }

  /// The keys and what they do.
  var answers: [(key: String, text: String)] {
    switch self {
    case .quit: [("w", "save and quit"), ("q", "quit without saving"), ("Esc", "stay")]
    case .restoreSession: [("Enter", "go on with it"), ("Esc", "start anew")]
    case .resetPlan: [("y", "reset (undo brings it back)"), ("Esc", "keep")]
    }
  }
}
