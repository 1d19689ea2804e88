/// Numbers over time as columns from the lowest to the highest of them.
public struct CurvePlot: Sendable, Hashable {
  /// The numbers from left to right; those that are none leave a gap.
  public var values: [Double]
  /// What the lowest and the highest row stand for; nil takes the lowest and highest number.
  public var range: ClosedRange<Double>?

  /// Makes a plot.
  public init(values: [Double], range: ClosedRange<Double>? = nil) {
    self.values = values
    self.range = range
  }

  /// The number of each column: of those that fall in one column the mean, and fewer numbers than
  /// columns are spread over all of them.
  func columns(_ width: Int) -> [Double] {
    guard !values.isEmpty, width > 0 else { return [] }
    return (0..<width).map { column in
      let first = column * values.count / width
      let end = max(first + 1, (column + 1) * values.count / width)
      let part = values[first..<min(end, values.count)].filter(\.isFinite)
      return part.isEmpty ? .nan : part.reduce(0, +) / Double(part.count)
    }
  }

  /// Draws the columns, bottom up.
  public func draw(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, style: Style
  ) {
    let columns = columns(rect.width)
    let known = columns.filter(\.isFinite)
    guard !rect.isEmpty, let least = known.min(), let most = known.max() else { return }
    let range = range ?? least...most
    // Halves: the difference of two finite numbers may be none.
    let span = range.upperBound / 2 - range.lowerBound / 2
    let bars = glyphs.verticalBars
    let perCell = bars.count - 1
    let steps = rect.height * perCell
    for (index, value) in columns.enumerated() where value.isFinite {
      // The lowest number is seen, too.
      let share = span > 0 ? min(max((value / 2 - range.lowerBound / 2) / span, 0), 1) : 0.5
      let height = 1 + Int((share * Double(steps - 1)).rounded())
      for row in 0..<rect.height {
        let filled = min(max(height - row * perCell, 0), perCell)
        guard filled > 0 else { break }
        buffer[rect.x + index, rect.maxY - 1 - row] = Cell(bars[filled], style: style)
      }
    }
  }
}
