/// One place on the screen: a character and its style.
public struct Cell: Sendable, Hashable {
  /// The grapheme drawn here; for the second half of a wide one, ``continuationMark``.
  public var character: Character
  /// How it looks.
  public var style: Style

  /// Makes a cell; text from outside goes through ``CellBuffer/put(_:x:y:style:maxWidth:)``.
  public init(_ character: Character = " ", style: Style = .plain) {
    self.character = character
    self.style = style
  }

  /// A space in the terminal's own look.
  public static let blank = Cell()

  /// What the second cell of a wide character holds; never part of drawn text.
  public static let continuationMark: Character = "\u{0}"

  /// Whether this is the second half of a wide character.
  public var isContinuation: Bool { character == Cell.continuationMark }

  /// The cells its character takes: 1 or 2, 0 for a continuation.
  public var width: Int { isContinuation ? 0 : max(1, TextWidth.drawnCells(of: character)) }
}
