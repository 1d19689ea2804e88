/// What fills the screen: one of these at a time, each with keys of its own.
public enum WorkbenchView: String, Sendable, Hashable, CaseIterable {
  /// Layers, the selected one, the preview.
  case workbench
  /// What each layer tolerates.
  case sensitivity
  /// Every plan measured so far.
  case board

  /// The word in the status line.
  var title: String {
    switch self {
    case .workbench: "WORKBENCH"
    case .sensitivity: "SENSITIVITY"
    case .board: "PARETO"
    }
  }

  /// How the view is reached, for the help of its keys in other views.
  var wayIn: String {
    switch self {
    case .workbench: "a key of the main view: Esc goes back there"
    case .sensitivity: "a key of the sensitivity view: s opens it"
    case .board: "a key of the Pareto board: P opens it"
    }
  }
}
