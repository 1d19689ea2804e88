/// A bar growing to the right in eighths of a cell.
public struct HorizontalBar: Sendable, Hashable {
  /// The filled part, 0...1; others are cut, not-a-number counts as 0.
  public var fraction: Double

  /// Makes a bar.
  public init(fraction: Double) { self.fraction = fraction }

  /// The characters of the bar, as many as the width.
  ///
  /// A value above zero always shows, a value below one never fills the last cell.
  public func characters(width: Int, glyphs: Glyphs) -> [Character] {
    guard width > 0 else { return [] }
    let steps = glyphs.horizontalBars
    let perCell = steps.count - 1
    let filled = UnitInterval.steps(fraction, of: width * perCell)
    return (0..<width).map { column in
      steps[min(max(filled - column * perCell, 0), perCell)]
    }
  }

  /// Draws the bar into the first row of a rectangle.
  public func draw(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, style: Style = .plain
  ) {
    guard rect.height > 0 else { return }
    for (column, character) in characters(width: rect.width, glyphs: glyphs).enumerated() {
      buffer[rect.x + column, rect.y] = Cell(character, style: style)
    }
  }
}
