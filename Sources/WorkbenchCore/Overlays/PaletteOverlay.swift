import TerminalCells

/// The command palette: every action by name, with keys and what it does.
struct PaletteOverlay {
  private let context: ScreenContext

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ palette: PaletteState, in buffer: inout CellBuffer, room: Rect) {
    let matches = CommandLine.matches(palette.field.text)
    let width = min(room.width - 4, 110)
    let height = min(room.height - 2, max(8, min(20, matches.count + 4)))
    let rect = Rect(
      x: room.x + (room.width - width) / 2, y: room.y + max(0, (room.height - height) / 4),
      width: width, height: height)
    let inner = context.window(
      title: "Command", trailing: "\(matches.count)   Esc closes", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    buffer.put(":", in: inner, style: context[.key])
    palette.field.draw(
      in: Rect(x: inner.x + 1, y: inner.y, width: inner.width - 1, height: 1), of: &buffer,
      style: context[.input])
    let (_, list) = inner.splitTop(2)
    if matches.isEmpty {
      buffer.put("no command fits", in: list, style: context[.textMuted])
    }
    let window = ListWindow(count: matches.count, height: list.height, selected: palette.index)
    for (row, index) in window.visible.enumerated() {
      draw(matches[index], isSelected: index == palette.index, at: list.row(row), in: &buffer)
    }
    window.drawScrollBar(
      in: Rect(x: rect.maxX - 1, y: list.y, width: 1, height: list.height), of: &buffer,
      glyphs: context.glyphs, style: context[.borderFocused], thumbStyle: context[.progress])
  }

  private func draw(
    _ match: CommandLine.Match, isSelected: Bool, at rect: Rect, in buffer: inout CellBuffer
  ) {
    let action = match.action
    let reason = action.disabledReason(in: context.state)
    let base = isSelected ? context[.selection] : nil
    if let base { buffer.fill(rect, style: base) }
    buffer.put(isSelected ? ">" : " ", in: rect, style: base ?? context[.text])
    let text = base ?? context[reason == nil ? .text : .textDisabled]
    let nameWidth = min(27, max(10, rect.width / 3))
    var x = rect.x + 2
    let letters = Array(action.name)
    for (place, letter) in letters.enumerated() where place < nameWidth {
      let style = match.places.contains(place) ? context[.match].over(text) : text
      x += buffer.put(String(letter), x: x, y: rect.y, style: style)
    }
    if !action.argument.isEmpty {
      buffer.put(
        action.argument, x: x + 1, y: rect.y, style: base ?? context[.textMuted],
        maxWidth: max(0, rect.x + 2 + nameWidth - x - 2))
    }
    x = rect.x + 2 + nameWidth
    let keyWidth = 11
    buffer.put(
      TextWidth.truncated(action.keyText, to: keyWidth), x: x, y: rect.y,
      style: base ?? context[reason == nil ? .key : .textDisabled], maxWidth: rect.maxX - x)
    x += keyWidth + 1
    let summary = reason.map { "off: \($0)" } ?? action.summary
    let room = max(0, rect.maxX - x)
    buffer.put(
      TextWidth.truncated(summary, to: room), x: x, y: rect.y, style: text, maxWidth: room)
  }
}
