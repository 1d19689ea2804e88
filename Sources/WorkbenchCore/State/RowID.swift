/// A row of the layer tree, by what it stands for, so that folding and filtering keep the selection.
public enum RowID: Sendable, Hashable {
  /// A layer, by index into the model's layers.
  case layer(Int)
  /// A module group, by its dotted path.
  case group(String)
}
