/// Finds texts of a theme that are hard to read on their background.
enum ContrastCheck {
  private static let needed: [(slot: ThemeSlot, ratio: Double)] = [
    (.text, 4.5), (.hint, 4.5), (.selection, 4.5), (.loss, 4.5), (.textMuted, 3),
  ]

  static func warnings(for theme: Theme) -> [String] {
    let sheet = StyleSheet(theme: theme, depth: .direct)
    return needed.compactMap { slot, ratio in
      let style = sheet[slot]
      // The terminal's own colours are not known.
      guard case .rgb = style.foreground, case .rgb = style.background,
        let text = style.foreground.value, let below = style.background.value
      else { return nil }
      let contrast = text.contrast(with: below)
      guard contrast < ratio else { return nil }
      return "theme \(theme.slug): slot '\(slot.rawValue)' has contrast "
        + "\(FixedDecimals.text(contrast, decimals: 1)) and needs "
        + "\(FixedDecimals.text(ratio, decimals: 1)) to be read well"
    }
  }
}
