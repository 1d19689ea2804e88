extension CellBuffer {
  /// Draws a pane: its area cleared, a border with titles, brighter and bold with the focus.
  ///
  /// - Returns: The rectangle inside the border.
  @discardableResult
  public mutating func drawPane(
    _ rect: Rect, title: String, trailingTitle: String = "", isFocused: Bool = false,
    glyphs: Glyphs, sheet: StyleSheet
  ) -> Rect {
    fill(rect, style: sheet[.text])
    return drawBox(
      rect, glyphs: glyphs, style: sheet[isFocused ? .borderFocused : .border], title: title,
      trailingTitle: trailingTitle, titleStyle: sheet[isFocused ? .titleFocused : .title],
      trailingStyle: sheet[.textMuted])
  }
}
