import TerminalCells
import Testing
import WorkbenchCore

/// Where the panes lie at which size.
@Suite struct LayoutTests {
  /// A size, and the panes at it as `x,y wxh`.
  struct Case: CustomTestStringConvertible {
    var columns: Int
    var rows: Int
    var panes: [PaneID: String]
    var testDescription: String { "\(columns)x\(rows)" }
  }

  @Test(arguments: [
    Case(
      columns: 80, rows: 24,
      panes: [.layers: "0,0 34x17", .inspector: "34,0 46x17", .preview: "0,17 80x5"]),
    Case(
      columns: 100, rows: 30,
      panes: [
        .layers: "0,0 44x23", .inspector: "44,0 56x23", .preview: "0,23 70x5",
        .pareto: "70,23 30x5",
      ]),
    Case(
      columns: 120, rows: 40,
      panes: [
        .layers: "0,0 48x30", .inspector: "48,0 72x30", .preview: "0,30 84x8",
        .pareto: "84,30 36x8",
      ]),
    Case(
      columns: 200, rows: 60,
      panes: [
        .layers: "0,0 62x46", .inspector: "62,0 138x46", .preview: "0,46 100x12",
        .pareto: "100,46 60x12", .messages: "160,46 40x12",
      ]),
    Case(columns: 79, rows: 24, panes: [.layers: "0,0 79x22"]),
    Case(columns: 40, rows: 10, panes: [.layers: "0,0 40x8"]),
    Case(columns: 39, rows: 10, panes: [:]),
    Case(columns: 200, rows: 9, panes: [:]),
  ])
  func panes(_ test: Case) {
    let layout = WorkbenchLayout(columns: test.columns, rows: test.rows)
    let found = layout.panes.mapValues { "\($0.x),\($0.y) \($0.width)x\($0.height)" }
    #expect(found == test.panes)
    #expect(layout.isTooSmall == test.panes.isEmpty)
  }

  @Test(arguments: ZoomMode.allCases, PaneID.allCases)
  func panesFillTheScreenOnce(zoom: ZoomMode, focus: PaneID) {
    for columns in stride(from: 40, through: 240, by: 7) {
      for rows in stride(from: 10, through: 80, by: 5) {
        let layout = WorkbenchLayout(columns: columns, rows: rows, zoom: zoom, focus: focus)
        let area = layout.panes.values.reduce(0) { $0 + $1.width * $1.height }
        #expect(area == columns * (rows - 2), "\(columns)x\(rows)")
        if zoom != .normal { #expect(layout.panes[focus] != nil) }
        let all = Array(layout.panes.values)
        for (index, rect) in all.enumerated() {
          for other in all[(index + 1)...] { #expect(rect.intersection(other).isEmpty) }
        }
      }
    }
  }

  @Test(arguments: [
    "", "?", ":", ":xyz", "e", "t", "lq", "w", "/a", "m", "b", "v", "SS", "F", "kkk",
  ])
  func everyScreenDrawsAtEverySize(keys: String) throws {
    var session = Session.open()
    try session.type(keys)
    // The main screen at every size; what lies over it at sizes that fall anywhere.
    for size in stride(from: 0, through: 200, by: keys.isEmpty ? 1 : 13) {
      for (columns, rows) in [(size, size / 4), (size, 24), (80, size / 2), (200 - size, 12)] {
        var buffer = CellBuffer(width: columns, height: rows)
        Workbench.render(session.state, into: &buffer, sheet: StyleSheet(depth: .ansi8))
        #expect(buffer.width == columns && buffer.height == rows)
      }
    }
  }

  @Test func tabGoesThroughThePanesThatShow() throws {
    var session = Session.open(columns: 120, rows: 40)
    var seen: [PaneID] = []
    for _ in 0..<4 {
      try session.type("<Tab>")
      seen.append(session.state.focus)
    }
    #expect(seen == [.inspector, .preview, .pareto, .layers])
    try session.type("<S-Tab>")
    #expect(session.state.focus == .pareto)
    session.send(.resized(columns: 80, rows: 24))
    #expect(session.state.focus == .layers)
  }

  @Test func tooSmallSaysWhatIsNeeded() {
    let session = Session.open(columns: 32, rows: 8)
    #expect(session.screen().text.contains("needs 40x10, has 32x8"))
  }

  @Test func theSelectionStaysInSight() throws {
    var session = Session.open(columns: 80, rows: 24)
    for keys in ["G", "g", "<C-d><C-d><C-d>", "F", "G", "SS", "/conv2<Enter>", "<Esc>", "25j"] {
      try session.type(keys)
      #expect(session.screen().text.contains("\n│>"), "after \(keys)")
    }
  }

  @Test func theOtherViewsFillTheScreenOnce() {
    for columns in stride(from: 40, through: 240, by: 7) {
      for rows in stride(from: 10, through: 80, by: 5) {
        let sensitivity = SensitivityLayout(columns: columns, rows: rows)
        let board = BoardLayout(columns: columns, rows: rows)
        for parts in [
          [sensitivity.table, sensitivity.layer, sensitivity.sweep], [board.plot, board.list],
        ] {
          let area = parts.reduce(0) { $0 + $1.width * $1.height }
          #expect(area == columns * (rows - 2), "\(columns)x\(rows)")
          for (index, rect) in parts.enumerated() {
            for other in parts[(index + 1)...] { #expect(rect.intersection(other).isEmpty) }
          }
        }
      }
    }
  }
}
