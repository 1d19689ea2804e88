/// A part of the main screen.
public enum PaneID: String, Sendable, Hashable, CaseIterable {
  /// The layer tree.
  case layers
  /// The selected layer.
  case inspector
  /// Size, accuracy and cost under the plan.
  case preview
  /// Accuracy by size of the plans measured so far.
  case pareto
  /// The message list.
  case messages

  /// The pane's title.
  public var title: String {
    switch self {
    case .layers: "Layers"
    case .inspector: "Layer"
    case .preview: "Preview"
    case .pareto: "Pareto"
    case .messages: "Messages"
    }
  }
}
