extension ListWindow {
  /// Draws a scroll bar into the first column of a rectangle; nothing where all rows show.
  public func drawScrollBar(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, style: Style = .plain,
    thumbStyle: Style? = nil
  ) {
    guard isScrollable, !rect.isEmpty else { return }
    var scaled = self
    scaled.resize(height: rect.height)
    let thumb = scaled.thumb
    for row in 0..<rect.height {
      let isThumb = thumb.contains(row)
      buffer[rect.x, rect.y + row] = Cell(
        isThumb ? glyphs.scrollBar.thumb : glyphs.scrollBar.track,
        style: isThumb ? thumbStyle ?? style : style)
    }
  }
}
