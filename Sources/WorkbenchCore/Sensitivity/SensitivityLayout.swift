import TerminalCells

/// Where the parts of the sensitivity view lie: a pure function of the terminal's size.
public struct SensitivityLayout: Sendable, Hashable {
  /// The table of layers by settings.
  public var table: Rect
  /// The selected layer; empty below 100 columns.
  public var layer: Rect
  /// Budget, measure and how far the scan has come; empty where one pane fits only.
  public var sweep: Rect

  /// Lays out the view: the table alone below 80x24, with the sweep below it from there, with the
  /// selected layer beside it from 100 columns.
  public init(columns: Int, rows: Int) {
    let (body, _) = Rect(width: columns, height: rows).splitBottom(2)
    layer = .empty
    sweep = .empty
    table = body
    guard columns >= WorkbenchLayout.full.columns, rows >= WorkbenchLayout.full.rows else { return }
    (table, sweep) = body.splitBottom(rows >= 32 ? 8 : 5)
    if columns >= 100 { (table, layer) = table.splitLeft(columns * 3 / 5) }
  }
}
