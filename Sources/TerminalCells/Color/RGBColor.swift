/// A colour of red, green and blue parts in sRGB.
public struct RGBColor: Sendable, Hashable {
  /// The red part.
  public var red: UInt8
  /// The green part.
  public var green: UInt8
  /// The blue part.
  public var blue: UInt8

  /// Makes a colour of its parts.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Reads six hex digits, with or without `#`.
  public init?(hex: String) {
    let digits = hex.hasPrefix("#") ? String(hex.dropFirst()) : hex
    guard digits.utf8.count == 6, digits.utf8.allSatisfy({ $0 < 0x80 }),
      digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16)
    else { return nil }
    self.init(hexValue: value)
  }

  /// Makes a colour of a number such as `0x1f9e89`.
  public init(hexValue: UInt32) {
    self.init(
      UInt8(truncatingIfNeeded: hexValue >> 16), UInt8(truncatingIfNeeded: hexValue >> 8),
      UInt8(truncatingIfNeeded: hexValue))
  }
}
