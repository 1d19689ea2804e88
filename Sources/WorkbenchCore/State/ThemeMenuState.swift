/// The theme menu: the choice being previewed and the theme to go back to.
public struct ThemeMenuState: Sendable {
  /// Index of the previewed theme.
  public var index: Int
  /// The slug of the theme before the menu opened.
  public var previous: String
}
