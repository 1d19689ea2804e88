/// A plan as another tool's file.
public struct Recipe: Sendable, Hashable {
  /// The file's text.
  public var text: String
  /// What the tool can't express, and what it does in another way: one sentence each, with layers.
  public var notes: [String]

  /// Makes a recipe.
  public init(text: String, notes: [String]) {
    self.text = text
    self.notes = notes
  }
}
