/// How a cell looks: two colours and four attributes.
public struct Style: Sendable, Hashable {
  /// The colour of the glyph.
  public var foreground: Color
  /// The colour behind it.
  public var background: Color
  /// Heavier strokes.
  public var bold: Bool
  /// Fainter strokes.
  public var dim: Bool
  /// A line under the glyph.
  public var underline: Bool
  /// Foreground and background exchanged.
  public var reverse: Bool

  /// Makes a style; without arguments, the terminal's own look.
  public init(
    foreground: Color = .terminal, background: Color = .terminal, bold: Bool = false,
    dim: Bool = false, underline: Bool = false, reverse: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    self.bold = bold
    self.dim = dim
    self.underline = underline
    self.reverse = reverse
  }

  /// The terminal's own look.
  public static let plain = Style()

  /// The same style with another foreground.
  public func foreground(_ color: Color) -> Style {
    var copy = self
    copy.foreground = color
    return copy
  }

  /// The same style with another background.
  public func background(_ color: Color) -> Style {
    var copy = self
    copy.background = color
    return copy
  }

  /// The same style, bold.
  public var emphasized: Style {
    var copy = self
    copy.bold = true
    return copy
  }

  /// This style laid over another: colours left to the terminal come from below, attributes add.
  ///
  /// Used to draw the texts of a selected row: `text.over(selection)`.
  public func over(_ below: Style) -> Style {
    Style(
      foreground: foreground == .terminal ? below.foreground : foreground,
      background: background == .terminal ? below.background : background,
      bold: bold || below.bold, dim: dim || below.dim, underline: underline || below.underline,
      reverse: reverse || below.reverse)
  }
}
