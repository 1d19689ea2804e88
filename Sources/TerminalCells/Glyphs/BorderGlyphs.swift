/// The characters of a box.
public struct BorderGlyphs: Sendable, Hashable {
  /// The line above and below.
  public let horizontal: Character
  /// The line left and right.
  public let vertical: Character
  /// The upper left corner.
  public let topLeft: Character
  /// The upper right corner.
  public let topRight: Character
  /// The lower left corner.
  public let bottomLeft: Character
  /// The lower right corner.
  public let bottomRight: Character

  static let lines = BorderGlyphs(
    horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└",
    bottomRight: "┘")
  static let ascii = BorderGlyphs(
    horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+",
    bottomRight: "+")
}
