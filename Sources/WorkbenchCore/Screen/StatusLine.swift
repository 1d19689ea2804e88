import TerminalCells

/// The last line: where we are, the plan, model and data, and how it is drawn.
struct StatusLine {
  private let context: ScreenContext
  private var state: WorkbenchState { context.state }

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ rect: Rect, in buffer: inout CellBuffer) {
    guard !rect.isEmpty else { return }
    let style = context[.status]
    buffer.fill(rect, style: style)
    let right = rightText(width: rect.width)
    let rightCells = TextWidth.cells(of: right)
    buffer.put(right, x: rect.maxX - rightCells - 1, y: rect.y, style: style)
    let end = rect.maxX - rightCells - 3
    var x = rect.x + 1
    for (index, part) in leftParts.enumerated() where x < end {
      let text = TextWidth.truncated(part.text, to: end - x)
      // A part that would be cut to a stump says nothing.
      if index > 0, text != part.text, TextWidth.cells(of: text) < 8 { break }
      let shown = part.slot.map { context[$0].over(style).background(style.background) } ?? style
      x += buffer.put(text, x: x, y: rect.y, style: index == 0 ? style.emphasized : shown) + 2
    }
  }

  private var leftParts: [(text: String, slot: ThemeSlot?)] {
    var parts: [(text: String, slot: ThemeSlot?)] = [(state.view.title, nil)]
    if !state.pendingCount.isEmpty { parts.append(("count \(state.pendingCount)", nil)) }
    if state.isExporting { parts.append(("exporting", nil)) }
    if state.view != .sensitivity, let percent = state.sensitivity.percent {
      parts.append(("scan \(percent)%", nil))
    }
    if let percent = state.search.percent { parts.append(("search \(percent)%", nil)) }
    if let percent = state.finetuning.percent { parts.append(("training \(percent)%", nil)) }
    if let compressing = state.compressing, compressing.generation == state.generation {
      parts.append((compressing.value.text, nil))
    }
    parts.append((state.hasUnsavedPlan ? "plan*" : "plan", nil))
    if let ahead = state.aheadText { parts.append((ahead, nil)) }
    if let model = state.model { parts.append((model.name, nil)) }
    if let data = state.data { parts.append((data.name, nil)) }
    if !state.filter.isEmpty { parts.append(("filter \(state.filter)", nil)) }
    return parts
  }

  private func rightText(width: Int) -> String {
    var parts: [String] = []
    if width >= 56 { parts.append("undo \(state.history.undoDepth)") }
    if width >= 64 {
      parts.append("\(context.sheet.depth.shortName) \(context.glyphs.shortName)")
    }
    parts.append("? help")
    return parts.joined(separator: "  ")
  }
}
