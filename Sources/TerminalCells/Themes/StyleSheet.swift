/// A theme's styles for one colour depth: what screens are drawn with.
public struct StyleSheet: Sendable, Hashable {
  /// The theme it was made of.
  public let theme: Theme
  /// The depth it was made for.
  public let depth: ColorDepth
  private let styles: [ThemeSlot: Style]

  /// Resolves every slot of a theme at a depth.
  public init(theme: Theme = .terminal, depth: ColorDepth = .indexed256) {
    self.theme = theme
    self.depth = depth
    let resolver = StyleResolver(theme: theme, depth: depth)
    styles = Dictionary(
      uniqueKeysWithValues: ThemeSlot.allCases.map { ($0, resolver.style(for: $0)) })
  }

  /// The style of a slot.
  public subscript(slot: ThemeSlot) -> Style { styles[slot] ?? .plain }

  /// The ramp of heatmaps.
  public var heatmap: Ramp { theme.heatmap }
}
