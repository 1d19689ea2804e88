extension CellBuffer {
  /// Draws a border with titles in its upper edge and returns the rectangle inside it.
  ///
  /// The left title is cut when it does not fit; the right one is left out as a whole. Nothing is
  /// drawn in a rectangle smaller than 2x2.
  @discardableResult
  public mutating func drawBox(
    _ rect: Rect, glyphs: Glyphs, style: Style = .plain, title: String = "",
    trailingTitle: String = "", titleStyle: Style? = nil, trailingStyle: Style? = nil
  ) -> Rect {
    guard rect.width >= 2, rect.height >= 2 else {
      return Rect(x: rect.x, y: rect.y, width: 0, height: 0)
    }
    let border = glyphs.border
    for x in (rect.x + 1)..<(rect.maxX - 1) {
      self[x, rect.y] = Cell(border.horizontal, style: style)
      self[x, rect.maxY - 1] = Cell(border.horizontal, style: style)
    }
    for y in (rect.y + 1)..<(rect.maxY - 1) {
      self[rect.x, y] = Cell(border.vertical, style: style)
      self[rect.maxX - 1, y] = Cell(border.vertical, style: style)
    }
    self[rect.x, rect.y] = Cell(border.topLeft, style: style)
    self[rect.maxX - 1, rect.y] = Cell(border.topRight, style: style)
    self[rect.x, rect.maxY - 1] = Cell(border.bottomLeft, style: style)
    self[rect.maxX - 1, rect.maxY - 1] = Cell(border.bottomRight, style: style)

    // Corner, one line, space, title, space, at least one line, corner.
    var room = rect.width - 6
    let trailingCells = TextWidth.cells(of: trailingTitle)
    if trailingCells > 0, trailingCells + 3 <= room - min(TextWidth.cells(of: title), 8) {
      let start = rect.maxX - 3 - trailingCells - 1
      put(" \(trailingTitle) ", x: start, y: rect.y, style: trailingStyle ?? titleStyle ?? style)
      room -= trailingCells + 3
    }
    if !title.isEmpty, room > 0 {
      let text = TextWidth.truncated(title, to: room)
      put(" \(text) ", x: rect.x + 2, y: rect.y, style: titleStyle ?? style)
    }
    return rect.inset()
  }
}
