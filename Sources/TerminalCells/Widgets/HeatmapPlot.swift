/// A matrix of values as coloured or shaded cells, with a legend.
///
/// Exactly zero has a mark of its own, since exactly pruned differs from small. Colours never
/// stand alone below 256 colours: shades tell the values too.
public struct HeatmapPlot: Sendable, Hashable {
  /// The rows of the matrix.
  public let rows: Int
  /// The columns of the matrix.
  public let columns: Int
  /// The values, row after row, 0...1, or -1...1 where signed; `nil` is not drawn.
  public let values: [Double?]
  /// Whether values have signs; then they take the diverging ramp and `-` and `+`.
  public let isSigned: Bool
  /// The cell drawn reversed, by row and column of the matrix.
  public var highlighted: Position?

  /// A place in the matrix.
  public struct Position: Sendable, Hashable {
    /// The row, from the top.
    public var row: Int
    /// The column, from the left.
    public var column: Int

    /// Makes a place.
    public init(row: Int, column: Int) {
      self.row = row
      self.column = column
    }
  }

  /// Makes a plot; missing values count as `nil`, values outside the range are cut.
  public init(
    rows: Int, columns: Int, values: [Double?], isSigned: Bool = false,
    highlighted: Position? = nil
  ) {
    self.rows = max(0, rows)
    self.columns = max(0, columns)
    let count = self.rows * self.columns
    self.values =
      Array(values.prefix(count)) + Array(repeating: nil, count: max(0, count - values.count))
    self.isSigned = isSigned
    self.highlighted = highlighted
  }

  /// A value of the matrix; `nil` outside.
  public func value(row: Int, column: Int) -> Double? {
    guard row >= 0, row < rows, column >= 0, column < columns else { return nil }
    return values[row * columns + column]
  }

  /// The rows of the matrix that fit into a number of screen rows.
  public static func rowCapacity(screenRows: Int, glyphs: Glyphs, sheet: StyleSheet) -> Int {
    usesHalfBlocks(glyphs: glyphs, sheet: sheet) ? screenRows * 2 : screenRows
  }

  /// The matrix with blocks of cells put together to their means, so that it fits.
  ///
  /// - Returns: The smaller plot, and the rows and columns that one of its cells stands for.
  public func reduced(maxRows: Int, maxColumns: Int) -> (
    plot: HeatmapPlot, rowsPerCell: Int, columnsPerCell: Int
  ) {
    guard maxRows > 0, maxColumns > 0, rows > 0, columns > 0 else {
      return (HeatmapPlot(rows: 0, columns: 0, values: [], isSigned: isSigned), 1, 1)
    }
    let tall = (rows + maxRows - 1) / maxRows
    let wide = (columns + maxColumns - 1) / maxColumns
    guard tall > 1 || wide > 1 else { return (self, 1, 1) }
    let newRows = (rows + tall - 1) / tall
    let newColumns = (columns + wide - 1) / wide
    var means: [Double?] = []
    means.reserveCapacity(newRows * newColumns)
    for row in 0..<newRows {
      for column in 0..<newColumns {
        means.append(
          mean(
            rows: (row * tall)..<min(rows, (row + 1) * tall),
            columns: (column * wide)..<min(columns, (column + 1) * wide)))
      }
    }
    let plot = HeatmapPlot(
      rows: newRows, columns: newColumns, values: means, isSigned: isSigned,
      highlighted: highlighted.map { Position(row: $0.row / tall, column: $0.column / wide) })
    return (plot, tall, wide)
  }

  /// The place in the matrix drawn at a place in the rectangle; `nil` past its ends.
  ///
  /// Two rows share a screen row where half blocks are used; the upper one is given.
  public func position(x: Int, y: Int, in rect: Rect, glyphs: Glyphs, sheet: StyleSheet)
    -> Position?
  {
    guard rect.contains(x: x, y: y) else { return nil }
    let isDoubled = usesHalfBlocks(in: rect, glyphs: glyphs, sheet: sheet)
    let row = (y - rect.y) * (isDoubled ? 2 : 1)
    let column = x - rect.x
    return row < rows && column < columns ? Position(row: row, column: column) : nil
  }

  /// Draws the matrix from the upper left corner, cut to the rectangle.
  ///
  /// With 256 colours and more, rows that do not fit are put two to a screen row.
  public func draw(
    in rect: Rect, of buffer: inout CellBuffer, glyphs: Glyphs, sheet: StyleSheet
  ) {
    let palette = HeatmapPalette(isSigned: isSigned, glyphs: glyphs, sheet: sheet)
    let isDoubled = usesHalfBlocks(in: rect, glyphs: glyphs, sheet: sheet)
    let screenRows = isDoubled ? (rows + 1) / 2 : rows
    for y in 0..<min(screenRows, rect.height) {
      for x in 0..<min(columns, rect.width) {
        var cell: Cell
        if isDoubled {
          cell = palette.cell(
            upper: value(row: 2 * y, column: x), lower: value(row: 2 * y + 1, column: x))
        } else {
          cell = palette.cell(value(row: y, column: x))
        }
        if let mark = highlighted, mark.column == x, mark.row / (isDoubled ? 2 : 1) == y {
          cell = Cell("X", style: sheet[.selection])
        }
        buffer[rect.x + x, rect.y + y] = cell
      }
    }
  }

  /// The line that tells what the cells mean: the mark of zero, and the steps between the ends.
  public func legend(
    low: String, high: String, zero: String = "0", glyphs: Glyphs, sheet: StyleSheet
  ) -> [StyledText] {
    let palette = HeatmapPalette(isSigned: isSigned, glyphs: glyphs, sheet: sheet)
    let axis = sheet[.axis]
    let mark = palette.cell(0)
    var pieces = [StyledText(String(mark.character), mark.style), StyledText("\(zero) ", axis)]
    pieces.append(StyledText(low.isEmpty ? "" : "\(low) ", axis))
    for value in palette.stepValues {
      let cell = palette.cell(value)
      pieces.append(StyledText(String(cell.character), cell.style))
    }
    pieces.append(StyledText(" \(high)", axis))
    return pieces
  }

  private func mean(rows: Range<Int>, columns: Range<Int>) -> Double? {
    var sum = 0.0
    var count = 0
    for row in rows {
      for column in columns {
        guard let value = values[row * self.columns + column], !value.isNaN else { continue }
        sum += value
        count += 1
      }
    }
    return count == 0 ? nil : sum / Double(count)
  }

  private func usesHalfBlocks(in rect: Rect, glyphs: Glyphs, sheet: StyleSheet) -> Bool {
    rows > rect.height && Self.usesHalfBlocks(glyphs: glyphs, sheet: sheet)
  }

  private static func usesHalfBlocks(glyphs: Glyphs, sheet: StyleSheet) -> Bool {
    glyphs.upperHalf != nil && sheet.depth >= .indexed256 && !sheet.heatmap.values.isEmpty
  }
}
