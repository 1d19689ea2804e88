/// Turns a theme's styles into styles a terminal of some depth can draw.
struct StyleResolver {
  let theme: Theme
  let depth: ColorDepth

  func style(for slot: ThemeSlot) -> Style {
    if depth == .mono { return monoStyle(for: slot) }
    let given = theme.style(for: slot)
    let text = theme.style(for: .text)
    let screen = theme.style(for: .screenBackground)
    // `screen.background` may be written with or without "on".
    let screenColor = screen.background ?? screen.foreground ?? .terminal
    if slot == .screenBackground {
      return Style(
        foreground: color(text.foreground ?? .terminal), background: color(screenColor))
    }
    return Style(
      foreground: color(given.foreground ?? text.foreground ?? .terminal),
      background: color(given.background ?? text.background ?? screenColor),
      bold: given.bold, dim: given.dim, underline: given.underline, reverse: given.reverse
    ).quantized(to: depth)
  }

  private func monoStyle(for slot: ThemeSlot) -> Style {
    let given = theme.style(for: slot)
    let added = BuiltInSlots.mono[slot] ?? ThemeStyle()
    return Style(
      bold: given.bold || added.bold, dim: given.dim || added.dim,
      underline: given.underline || added.underline, reverse: given.reverse || added.reverse)
  }

  private func color(_ color: ThemeColor) -> Color {
    switch color {
    case .terminal: .terminal
    case .ansi(let index): .ansi(index)
    case .rgb(let value): Color(value)
    case .base(let index): base(index)
    }
  }

  private func base(_ index: Int) -> Color {
    guard let palette = theme.palette else { return .terminal }
    switch depth {
    case .mono: return .terminal
    case .direct, .indexed256: return Color(palette[index])
    case .ansi8, .ansi16:
      return .ansi(Base16ANSI.index(of: index, isLight: theme.variant == .light))
    }
  }
}
