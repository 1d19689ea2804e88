/// A bar in brackets with a visible empty part: `[██████░░░░]`.
///
/// Where a value can be set by it, ``fraction(atColumn:width:)`` gives the value under the mouse.
public struct ProgressBar: Sendable, Hashable {
  /// The filled part, 0...1; others are cut, not-a-number counts as 0.
  public var fraction: Double

  /// Makes a bar.
  public init(fraction: Double) { self.fraction = fraction }

  /// Draws the bar into the first row of a rectangle; without brackets below four columns.
  public func draw(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, style: Style = .plain,
    trackStyle: Style? = nil
  ) {
    guard !rect.isEmpty else { return }
    var inner = rect.row(0)
    if rect.width >= 4 {
      buffer[rect.x, rect.y] = Cell("[", style: trackStyle ?? style)
      buffer[rect.maxX - 1, rect.y] = Cell("]", style: trackStyle ?? style)
      inner = inner.inset(horizontal: 1, vertical: 0)
    }
    let filled = UnitInterval.steps(fraction, of: inner.width)
    for column in 0..<inner.width {
      let isFilled = column < filled
      buffer[inner.x + column, inner.y] = Cell(
        isFilled ? glyphs.full : glyphs.track, style: isFilled ? style : trackStyle ?? style)
    }
  }

  /// The value under a column of a bar with brackets, counted from the opening one.
  public static func fraction(atColumn column: Int, width: Int) -> Double {
    guard width > 3 else { return 0 }
    return UnitInterval.clamped((Double(column) - 0.5) / Double(width - 2))
  }
}
