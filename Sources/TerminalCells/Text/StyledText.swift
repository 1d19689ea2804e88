/// A piece of text with its style; lines of several styles are lists of these.
public struct StyledText: Sendable, Hashable {
  /// The text; made drawable when it is put.
  public var text: String
  /// How it looks.
  public var style: Style

  /// Makes a piece of text.
  public init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }

  /// The cells the text takes.
  public var cells: Int { TextWidth.cells(of: text) }
}
