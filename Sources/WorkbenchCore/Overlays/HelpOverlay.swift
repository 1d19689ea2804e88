import TerminalCells

/// The keys of the current context, filtered as typed; those that are off say why.
struct HelpOverlay {
  private let context: ScreenContext

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ help: HelpState, in buffer: inout CellBuffer, room: Rect) {
    let isWide = room.width >= 150
    let area =
      room.inset(horizontal: 2, vertical: 1).isEmpty
      ? room : room.inset(horizontal: min(3, room.width / 20), vertical: 1)
    let lines = HelpLines.lines(for: context.state, filter: help.filter.text)
    let columns = isWide ? 2 : 1
    let needed = (lines.count + columns - 1) / columns + 6
    let rect = area.centered(
      width: min(area.width, isWide ? 180 : 110), height: min(area.height, needed))
    let inner = context.window(
      title: "Help  keys here", trailing: "type to filter   Esc closes", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    let (head, rest) = inner.splitTop(min(2, inner.height))
    buffer.put("find ", in: head, style: context[.textMuted])
    let input = Rect(x: head.x + 5, y: head.y, width: max(0, min(30, head.width - 5)), height: 1)
    help.filter.draw(in: input, of: &buffer, style: context[.input])
    let (body, foot) = rest.splitBottom(rest.height > 6 ? 2 : 0)
    if lines.isEmpty {
      buffer.put("no key or command fits", in: body, style: context[.textMuted])
    }
    draw(lines, scroll: help.scroll, columns: columns, in: body, of: &buffer)
    buffer.put(
      "Digits first: a count (10l) or an amount (65%).  : runs commands.",
      in: foot, row: foot.height - 1, style: context[.textMuted])
  }

  private func draw(
    _ lines: [HelpLines.Line], scroll: Int, columns: Int, in rect: Rect,
    of buffer: inout CellBuffer
  ) {
    guard rect.height > 0 else { return }
    let shown = columns * rect.height
    let first = min(max(0, scroll), max(0, lines.count - shown))
    let perColumn = columns == 1 ? rect.height : min(rect.height, (lines.count + 1) / 2)
    for (index, part) in rect.columns(columns, gap: 3).enumerated() {
      let start = first + index * perColumn
      guard start < lines.count else { break }
      for row in 0..<min(perColumn, lines.count - start) {
        draw(lines[start + row], at: part.row(row), in: &buffer)
      }
    }
    if first > 0 || first + shown < lines.count {
      var window = ListWindow(count: lines.count, height: rect.height, margin: 0)
      window.scroll(by: first)
      window.drawScrollBar(
        in: rect.splitRight(1).right, of: &buffer, glyphs: context.glyphs,
        style: context[.progressTrack], thumbStyle: context[.progress])
    }
  }

  private func draw(_ line: HelpLines.Line, at rect: Rect, in buffer: inout CellBuffer) {
    switch line {
    case .heading(let title): buffer.put(title, in: rect, style: context[.title].emphasized)
    case .entry(let entry):
      let isOff = entry.reason != nil
      let keyWidth = 14
      let keys = entry.keys.isEmpty ? ":\(entry.name)" : entry.keys
      buffer.put(
        keys, x: rect.x + 2, y: rect.y, style: context[isOff ? .textDisabled : .key],
        maxWidth: rect.width - 2)
      let x = rect.x + 2 + max(keyWidth, TextWidth.cells(of: keys) + 2)
      let room = max(0, rect.maxX - x - 2)
      let text = entry.reason.map { "\(entry.name): off, \($0)" } ?? entry.text
      buffer.put(
        TextWidth.truncated(text, to: room), x: x, y: rect.y,
        style: context[isOff ? .textDisabled : .text], maxWidth: room)
    }
  }
}
