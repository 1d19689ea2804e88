/// Whether a theme is made of dark or of light backgrounds.
public enum ThemeVariant: String, Sendable, Hashable {
  /// Light text on dark.
  case dark
  /// Dark text on light.
  case light
}
