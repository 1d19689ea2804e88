import TerminalCells

/// The themes; moving previews them on the whole screen.
struct ThemeMenu {
  private let context: ScreenContext

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ menu: ThemeMenuState, in buffer: inout CellBuffer, room: Rect) {
    let themes = context.state.themes
    let names = themes.map { TextWidth.cells(of: $0.name) }.max() ?? 0
    let width = min(room.width - 2, max(34, names + 14))
    let height = min(room.height, themes.count + 2)
    // On the right, so that the previewed screen can be seen.
    let rect = Rect(
      x: room.maxX - width - 1, y: room.y + min(1, room.height - height), width: width,
      height: height)
    let inner = context.window(
      title: "Theme", trailing: "Enter keeps", at: rect, in: &buffer)
    let window = ListWindow(count: themes.count, height: inner.height, selected: menu.index)
    for (row, index) in window.visible.enumerated() {
      let line = inner.row(row)
      let isSelected = index == menu.index
      let style = context[isSelected ? .selection : .text]
      if isSelected { buffer.fill(line, style: style) }
      let isKept = themes[index].slug == menu.previous
      buffer.put(isSelected ? ">" : isKept ? "*" : " ", in: line, style: style)
      buffer.put(
        TextWidth.truncated(themes[index].name, to: max(0, line.width - 10)), x: line.x + 2,
        y: line.y, style: style)
      buffer.put(
        themes[index].variant, x: line.maxX - 1 - TextWidth.cells(of: themes[index].variant),
        y: line.y, style: isSelected ? style : context[.textMuted])
    }
  }
}
