/// A set of colours with the styles made of them; independent of what the terminal can draw.
///
/// ``StyleSheet`` turns it into styles for a colour depth.
public struct Theme: Sendable, Hashable {
  /// The name shown in lists.
  public var name: String
  /// The name in options and configuration files.
  public var slug: String
  /// Who made it.
  public var author: String
  /// What it is like.
  public var summary: String
  /// Whether it is dark or light, if it says so or its palette tells.
  public var variant: ThemeVariant?
  /// The colours `base00`...`base17`; `nil` leaves all colours to the terminal.
  public var palette: [RGBColor]?
  /// The colours of heatmaps.
  public var heatmap: Ramp
  /// The styles given for slots, by slot or group name.
  public var slots: [String: ThemeStyle]
  /// What is wrong or hard to read in it, for the message list.
  public var warnings: [String]

  /// Makes a theme; a palette must have 24 colours.
  public init(
    name: String, slug: String, author: String = "", summary: String = "",
    variant: ThemeVariant? = nil, palette: [RGBColor]? = nil, heatmap: Ramp = .viridis,
    slots: [String: ThemeStyle] = [:], warnings: [String] = []
  ) {
    precondition(palette == nil || palette?.count == 24, "A palette has 24 colours.")
    self.name = name
    self.slug = slug
    self.author = author
    self.summary = summary
    self.variant = variant
    self.palette = palette
    self.heatmap = heatmap
    self.slots = slots
    self.warnings = warnings
  }

  /// The theme without a palette: the terminal's own colours.
  public static let terminal = Theme(
    name: "Terminal", slug: "terminal", summary: "The terminal's own colours")

  /// The style of a slot: its own, else its group's, else the built-in one, else that of text.
  public func style(for slot: ThemeSlot) -> ThemeStyle {
    if let own = slots[slot.rawValue] { return own }
    if let dot = slot.rawValue.lastIndex(of: "."),
      let group = slots[String(slot.rawValue[..<dot])], slot != .screenBackground
    {
      return group
    }
    let builtIn =
      palette.map { ReadableDefaults.style(for: slot, palette: $0) }
      ?? BuiltInSlots.terminal[slot]
    if let builtIn { return builtIn }
    return slots[ThemeSlot.text.rawValue] ?? ThemeStyle()
  }
}
