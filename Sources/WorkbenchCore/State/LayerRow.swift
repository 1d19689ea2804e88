/// A visible row of the layer pane.
public struct LayerRow: Sendable, Hashable {
  /// What it stands for.
  public var id: RowID
  /// How deep it lies in the tree; 0 outermost.
  public var depth: Int
  /// The text of the first column.
  public var label: String
  /// The layers on and below it that are shown, by index.
  public var layers: [Int]
  /// Whether its layers are hidden.
  public var isFolded: Bool
  /// Whether it is the last of its siblings.
  public var isLast: Bool

  /// Whether it stands for the rows below it.
  public var isGroup: Bool { if case .group = id { true } else { false } }
}
