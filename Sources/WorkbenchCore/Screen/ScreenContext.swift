import TerminalCells

/// What every part of the screen is drawn from.
struct ScreenContext {
  let state: WorkbenchState
  let sheet: StyleSheet
  let layout: WorkbenchLayout

  init(_ state: WorkbenchState, sheet: StyleSheet) {
    self.state = state
    self.sheet = sheet
    layout = state.layout
  }

  var glyphs: Glyphs { state.glyphs }

  /// The style of a slot.
  subscript(slot: ThemeSlot) -> Style { sheet[slot] }

  /// Draws a pane's border and titles and returns the room inside.
  func pane(
    _ id: PaneID, title: String, trailing: String = "", trailingStyle: Style? = nil, at rect: Rect,
    in buffer: inout CellBuffer
  ) -> Rect {
    // An overlay takes the keys: then no pane has the focus.
    let hasFocus = state.focus == id && !state.overlay.takesFocus
    return buffer.drawBox(
      rect, glyphs: glyphs, style: self[hasFocus ? .borderFocused : .border], title: title,
      trailingTitle: trailing, titleStyle: self[hasFocus ? .titleFocused : .title],
      trailingStyle: trailingStyle ?? self[.textMuted])
  }

  /// Clears a rectangle and draws an overlay's border on it; returns the room inside.
  func window(
    title: String, trailing: String, at rect: Rect, in buffer: inout CellBuffer
  ) -> Rect {
    buffer.fill(rect, style: self[.text])
    return buffer.drawBox(
      rect, glyphs: glyphs, style: self[.borderFocused], title: title, trailingTitle: trailing,
      titleStyle: self[.titleFocused], trailingStyle: self[.textMuted])
  }
}

extension Overlay {
  /// Whether the overlay covers the panes, rather than taking the hint line only.
  var takesFocus: Bool {
    switch self {
    case .none, .filter: false
    default: true
    }
  }
}
