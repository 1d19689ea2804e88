import TerminalCells

/// The message list, newest at the bottom.
struct MessagesPane {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    let trailing = state.messageScroll > 0 ? "\(state.messageScroll) newer below" : ""
    let inner = context.pane(
      .messages, title: "Messages", trailing: trailing, at: rect, in: &buffer)
    let room = inner.inset(horizontal: 1, vertical: 0)
    guard !room.isEmpty else { return }
    var lines: [(time: String, text: String, slot: ThemeSlot)] = []
    for note in state.notes.dropLast(min(state.messageScroll, max(0, state.notes.count - 1))) {
      let slot: ThemeSlot =
        note.level == .info ? .text : note.level == .warning ? .warning : .error
      let time = Figures.clock(note.time)
      for (index, line) in Wrapping.lines(note.text, width: room.width - 6).enumerated() {
        lines.append((index == 0 ? time : "", line, slot))
      }
    }
    if lines.isEmpty { buffer.put("no messages yet", in: room, style: context[.textMuted]) }
    for (row, line) in lines.suffix(room.height).enumerated() {
      buffer.put(
        TextWidth.padded(line.time, to: 5, alignment: .trailing), in: room, row: row,
        style: context[.textMuted])
      buffer.put(
        line.text, x: room.x + 6, y: room.y + row, style: context[line.slot],
        maxWidth: room.width - 6)
    }
  }
}
