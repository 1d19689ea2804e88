import TerminalCells

/// Where the parts of the Pareto board lie: a pure function of the terminal's size.
public struct BoardLayout: Sendable, Hashable {
  /// The plot.
  public var plot: Rect
  /// The list of points.
  public var list: Rect

  /// Lays out the board: side by side from 120 columns, else one above the other; on a screen with
  /// room for one pane only, the list alone.
  public init(columns: Int, rows: Int) {
    let (body, _) = Rect(width: columns, height: rows).splitBottom(2)
    if columns < WorkbenchLayout.full.columns || rows < WorkbenchLayout.full.rows {
      plot = .empty
      list = body
    } else if columns >= 120 {
      (list, plot) = body.splitLeft(columns >= 180 ? 92 : columns * 11 / 20)
    } else {
      (plot, list) = body.splitTop(body.height / 2)
    }
  }
}
