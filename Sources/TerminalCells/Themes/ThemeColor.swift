/// A colour as themes name it, before the terminal's depth is known.
public enum ThemeColor: Sendable, Hashable {
  /// The terminal's own default.
  case terminal
  /// A colour of the palette, 0...0x17.
  case base(Int)
  /// One of the sixteen named colours, 0...15.
  case ansi(UInt8)
  /// A fixed value.
  case rgb(RGBColor)
}
