/// How large the focused pane is.
public enum ZoomMode: String, Sendable, Hashable, CaseIterable {
  /// All panes at their usual sizes.
  case normal
  /// The focused pane takes what it can and leaves the layer list.
  case half
  /// The focused pane alone.
  case full

  /// The next one, round and round.
  var next: ZoomMode {
    switch self {
    case .normal: .half
    case .half: .full
    case .full: .normal
    }
  }
}
