import TerminalCells

extension WorkbenchState {
  /// Opens the panel of sizes; its figures come from the background.
  mutating func openSizes() -> [Effect] {
    overlay = .sizes(SizesState())
    guard storage?.generation != generation else { return [] }
    return [.computeStorage(plan: plan, generation: generation)]
  }

  /// Gives a key to the panel of sizes.
  mutating func press(_ key: KeyPress, in panel: SizesState) -> [Effect] {
    var panel = panel
    switch key.name {
    case "Esc", "Enter", "q", "B":
      overlay = .none
      return []
    case "j", "Down", "C-n": panel.scroll += 1
    case "k", "Up", "C-p": panel.scroll = max(0, panel.scroll - 1)
    case "PgDn", "C-d", "Space": panel.scroll += 10
    case "PgUp", "C-u": panel.scroll = max(0, panel.scroll - 10)
    case "g", "Home": panel.scroll = 0
    default: break
    }
    panel.scroll = min(panel.scroll, 40)
    overlay = .sizes(panel)
    return []
  }
}
