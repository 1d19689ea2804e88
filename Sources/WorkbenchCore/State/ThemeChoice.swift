/// A theme that can be chosen.
public struct ThemeChoice: Sendable, Hashable {
  /// The name used in configuration and commands.
  public var slug: String
  /// The name shown.
  public var name: String
  /// `dark`, `light` or empty.
  public var variant: String

  /// Makes a choice.
  public init(slug: String, name: String, variant: String = "") {
    self.slug = slug
    self.name = name
    self.variant = variant
  }
}
