import TerminalCells

/// Where the panes lie: a pure function of the terminal's size, the zoom and the focus.
///
/// 80x24 shows layers, inspector and a three-line preview; from 100 columns the Pareto plot joins,
/// from 180 the messages. Below 80x24 the focused pane is shown alone, below 40x10 nothing is.
public struct WorkbenchLayout: Sendable, Hashable {
  /// The size below which one pane is shown at a time.
  public static let full = (columns: 80, rows: 24)
  /// The size below which nothing is shown but what is needed.
  public static let smallest = (columns: 40, rows: 10)

  /// The panes that are shown, with their borders.
  public var panes: [PaneID: Rect]
  /// Whether only one pane fits.
  public var showsOnePane: Bool
  /// Whether not even one pane fits.
  public var isTooSmall: Bool
  /// The line of hints or the message.
  public var hintLine: Rect
  /// The status line.
  public var statusLine: Rect

  /// Lays out a screen.
  public init(columns: Int, rows: Int, zoom: ZoomMode = .normal, focus: PaneID = .layers) {
    let screen = Rect(width: columns, height: rows)
    panes = [:]
    showsOnePane = false
    isTooSmall = columns < Self.smallest.columns || rows < Self.smallest.rows
    guard !isTooSmall else {
      hintLine = .empty
      statusLine = .empty
      return
    }
    let (body, bottom) = screen.splitBottom(2)
    hintLine = bottom.row(0)
    statusLine = bottom.row(1)
    showsOnePane = columns < Self.full.columns || rows < Self.full.rows
    if showsOnePane || zoom == .full {
      panes[focus] = body
      return
    }
    arrange(body, columns: columns, rows: rows, zoom: zoom, focus: focus)
  }

  private mutating func arrange(
    _ body: Rect, columns: Int, rows: Int, zoom: ZoomMode, focus: PaneID
  ) {
    // The list keeps its usual place in half zoom, so that the selection stays in sight.
    if zoom == .half {
      let (left, rest) = body.splitLeft(Self.listWidth(columns))
      if focus == .layers {
        (panes[.layers], panes[.inspector]) = body.splitLeft(columns * 2 / 3)
      } else {
        panes[.layers] = left
        panes[focus] = rest
      }
      return
    }
    let (top, lower) = body.splitBottom(Self.previewHeight(rows))
    (panes[.layers], panes[.inspector]) = top.splitLeft(Self.listWidth(columns))
    if columns >= 180 {
      let (preview, rest) = lower.splitLeft(columns / 2)
      panes[.preview] = preview
      (panes[.pareto], panes[.messages]) = rest.splitLeft(rest.width * 3 / 5)
    } else if columns >= 100 {
      (panes[.preview], panes[.pareto]) = lower.splitLeft(columns * 7 / 10)
    } else {
      panes[.preview] = lower
    }
  }

  /// The panes in the order Tab goes through them.
  ///
  /// Where only one pane is shown every pane has its turn.
  public var order: [PaneID] {
    showsOnePane || panes.count == 1 ? PaneID.allCases : PaneID.allCases.filter { panes[$0] != nil }
  }

  private static func listWidth(_ columns: Int) -> Int {
    // 40 % within 34...50, from 100 columns at least 44 for the parameters; wide screens have room
    // for the bytes and a longer bar.
    columns >= 180 ? 62 : min(max(columns * 2 / 5, columns >= 100 ? 44 : 34), 50)
  }

  private static func previewHeight(_ rows: Int) -> Int {
    rows >= 48 ? 12 : rows >= 32 ? 8 : 5
  }
}
