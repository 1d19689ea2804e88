import TerminalCells

/// The heatmap of a layer: zeros or magnitudes by output and input channel.
struct HeatmapPart {
  private let context: ScreenContext

  init(_ context: ScreenContext) { self.context = context }

  /// The screen rows that the grid takes of `rows`: whole numbers of channels go into a cell, so
  /// that it may need fewer than there are.
  func rowsUsed(_ grid: HeatGrid, of rows: Int) -> Int {
    let capacity = HeatmapPlot.rowCapacity(
      screenRows: rows, glyphs: context.glyphs, sheet: context.sheet)
    guard capacity > 0, rows > 0 else { return 0 }
    let perCell = (grid.rows + capacity - 1) / capacity
    let cells = (grid.rows + perCell - 1) / perCell
    // Rows that fit singly are not put two to a screen row.
    return cells <= rows ? cells : (cells * rows + capacity - 1) / capacity
  }

  func draw(_ grid: HeatGrid, in rect: Rect, of buffer: inout CellBuffer) {
    let (head, body) = rect.splitTop(1)
    guard !body.isEmpty else { return }
    let capacity = HeatmapPlot.rowCapacity(
      screenRows: body.height, glyphs: context.glyphs, sheet: context.sheet)
    let cells = grid.gathered(maxRows: capacity, maxColumns: body.width)
    let mode = context.state.shownHeatmapMode
    let (values, high) = values(cells, mode)
    // Narrow layers are drawn with wider cells: single columns are hard to see.
    let wide = max(1, min(4, body.width / max(1, cells.columns)))
    let plot = HeatmapPlot(
      rows: cells.rows, columns: cells.columns * wide,
      values: (0..<cells.rows).flatMap { row in
        (0..<(cells.columns * wide)).map { values[row * cells.columns + $0 / wide] }
      })
    plot.draw(in: body, of: &buffer, glyphs: context.glyphs, sheet: context.sheet)
    let legend = plot.legend(
      low: "", high: high, zero: mode == .zeros ? "0 %" : " pruned", glyphs: context.glyphs,
      sheet: context.sheet)
    let axes = grid.columnsAreWeights ? "out x weight" : "out x in"
    let title = StyledText("\(mode.title)  ", context[.text])
    let cell = StyledText("   cell \(cells.cellDescription)", context[.textMuted])
    var pieces = [title]
    let cellsUsed = (pieces + legend + [cell]).map(\.cells).reduce(0, +)
    if cellsUsed + axes.count + 2 <= head.width {
      pieces.append(StyledText("\(axes)  ", context[.textMuted]))
    }
    pieces += legend
    if cellsUsed <= head.width { pieces.append(cell) }
    buffer.put(pieces, in: head, row: 0)
  }

  /// Values 0...1 for the cells, and what the highest stands for.
  private func values(_ grid: HeatGrid, _ mode: HeatmapMode) -> ([Double?], String) {
    let isEmpty = grid.counts.map { $0 == 0 }
    func masked(_ values: [Double]) -> [Double?] {
      zip(values, isEmpty).map { $1 ? nil : $0 }
    }
    if mode == .zeros { return (masked(grid.zeroShares), "100 %") }
    let means = grid.meanMagnitudes
    let top = means.max() ?? 0
    let text = Figures.weight(top)
    guard top > 0 else { return (masked(means), text) }
    switch mode {
    case .zeros, .magnitude: return (masked(means.map { $0 / top }), text)
    case .logMagnitude: return (masked(HeatScale.logarithmic(means, largest: top)), text)
    case .rank: return (masked(HeatScale.ranks(means)), "highest")
    }
  }
}
