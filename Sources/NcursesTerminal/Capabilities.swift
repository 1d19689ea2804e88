import CNcurses

/// What terminfo and the locale tell about the terminal.
public struct Capabilities: Sendable, Hashable {
  /// The number of colours; 0 without.
  public var colors: Int
  /// The number of pairs of foreground and background; 0 without colours.
  public var pairs: Int
  /// Whether colour numbers are red-green-blue values.
  public var isDirect: Bool
  /// Whether the locale's characters are UTF-8.
  public var isUTF8: Bool

  /// Makes them from known values, as tests do.
  public init(colors: Int, pairs: Int, isDirect: Bool, isUTF8: Bool) {
    self.colors = colors
    self.pairs = pairs
    self.isDirect = isDirect
    self.isUTF8 = isUTF8
  }

  /// Asks the running terminal.
  init() {
    var result = cnc_capabilities()
    cnc_get_capabilities(&result)
    self.init(
      colors: Int(result.colors), pairs: Int(result.pairs), isDirect: result.is_direct,
      isUTF8: result.is_utf8)
  }
}
