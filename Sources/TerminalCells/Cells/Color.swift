/// A colour of a cell.
public enum Color: Sendable, Hashable {
  /// The terminal's own default.
  case terminal
  /// One of the sixteen named colours, 0...15, whose look the user chose.
  case ansi(UInt8)
  /// A fixed colour of the 256-colour palette, 16...255.
  case indexed(UInt8)
  /// A colour by its red, green and blue parts.
  case rgb(UInt8, UInt8, UInt8)

  /// A colour from a red-green-blue value.
  public init(_ color: RGBColor) { self = .rgb(color.red, color.green, color.blue) }
}
