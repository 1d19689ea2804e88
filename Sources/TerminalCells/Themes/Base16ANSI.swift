/// Which of the sixteen named colours stands for a colour of a base16 or base24 palette.
enum Base16ANSI {
  /// The published column; base01, 02, 04, 06, 09 and 0F have none there, so the nearest.
  private static let dark: [UInt8] = [
    0, 0, 8, 8, 7, 7, 7, 15, 9, 3, 11, 10, 14, 12, 13, 1,
    0, 0, 9, 11, 10, 14, 12, 13,
  ]

  /// The greys the other way round and the darker of each pair.
  ///
  /// The published column supposes a terminal whose black is the theme's base00. Terminals with
  /// sixteen colours mostly have a black that is black, so a light theme must ask for white.
  private static let light: [UInt8] = [
    15, 15, 7, 8, 8, 0, 0, 0, 1, 1, 3, 2, 6, 4, 5, 1,
    15, 15, 1, 3, 2, 6, 4, 5,
  ]

  static func index(of base: Int, isLight: Bool) -> UInt8 { (isLight ? light : dark)[base] }
}
