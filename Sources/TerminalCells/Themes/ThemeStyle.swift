/// The style of a slot as a theme gives it.
public struct ThemeStyle: Sendable, Hashable {
  /// The colour of the glyphs; `nil` takes that of ordinary text.
  public var foreground: ThemeColor?
  /// The colour behind them; `nil` takes that of the screen.
  public var background: ThemeColor?
  /// Heavier strokes.
  public var bold: Bool
  /// Fainter strokes.
  public var dim: Bool
  /// A line under the glyphs.
  public var underline: Bool
  /// Foreground and background exchanged.
  public var reverse: Bool

  /// Makes a style.
  public init(
    foreground: ThemeColor? = nil, background: ThemeColor? = nil, bold: Bool = false,
    dim: Bool = false, underline: Bool = false, reverse: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    self.bold = bold
    self.dim = dim
    self.underline = underline
    self.reverse = reverse
  }

  /// Reads a style as written in a theme file, such as `base06 on base02 bold`.
  ///
  /// Colours are `base00`...`base17`, `ansi0`...`ansi15`, six hex digits, and `terminal`;
  /// attributes are bold, dim, underline and reverse. `nil` where a word is none of these.
  public init?(parsing text: String) {
    self.init()
    var expectsBackground = false
    for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
      switch word.lowercased() {
      case "bold": bold = true
      case "dim": dim = true
      case "underline": underline = true
      case "reverse": reverse = true
      case "on" where !expectsBackground && background == nil:
        expectsBackground = true
        continue
      default:
        guard let color = ThemeColor(parsing: String(word)) else { return nil }
        if expectsBackground {
          background = color
        } else {
          guard foreground == nil else { return nil }
          foreground = color
        }
      }
      expectsBackground = false
    }
    if expectsBackground { return nil }
  }
}

extension ThemeColor {
  /// Reads a colour as written in a theme file.
  public init?(parsing text: String) {
    let word = text.lowercased()
    if word == "terminal" {
      self = .terminal
    } else if word.hasPrefix("base"), word.utf8.count == 6,
      let index = Int(word.dropFirst(4), radix: 16), (0...0x17).contains(index)
    {
      self = .base(index)
    } else if word.hasPrefix("ansi"), let index = UInt8(word.dropFirst(4)), index < 16 {
      self = .ansi(index)
    } else if let color = RGBColor(hex: word) {
      self = .rgb(color)
    } else {
      return nil
    }
  }
}
