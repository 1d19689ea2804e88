import TerminalCells

/// Decides how to draw from what was asked for and what there is.
public enum TerminalChoice {
  /// The depth: asked for, else mono under `NO_COLOR`, else the terminal's; never more than it has.
  ///
  /// `NO_COLOR` counts when set and not empty.
  public static func depth(
    requested: ColorDepth?, capabilities: Capabilities, environment: [String: String]
  ) -> ColorDepth {
    let available: ColorDepth =
      if capabilities.isDirect {
        .direct
      } else {
        switch capabilities.colors {
        case 256...: .indexed256
        case 16..<256: .ansi16
        case 8..<16: .ansi8
        default: .mono
        }
      }
    if let requested { return min(requested, available) }
    if let value = environment["NO_COLOR"], !value.isEmpty { return .mono }
    return available
  }

  /// The glyphs: asked for, else blocks; ASCII where the locale is not UTF-8.
  ///
  /// The Linux console's font lacks most blocks.
  public static func glyphs(
    requested: Glyphs?, capabilities: Capabilities, environment: [String: String]
  ) -> Glyphs {
    guard capabilities.isUTF8 else { return .ascii }
    return requested ?? (environment["TERM"] == "linux" ? .ascii : .blocks)
  }
}
