import TerminalCells
import Testing
import WorkbenchCore

/// The other views as text: sensitivity, Pareto board, search.
@Suite struct ViewSnapshotTests {
  /// The sensitivity view in the middle of a scan of a plan that has settings.
  static func scanning(_ columns: Int, _ rows: Int, glyphs: Glyphs = .blocks) throws -> Session {
    var session = Session.open(
      columns: columns, rows: rows, glyphs: glyphs, plan: SnapshotTests.plan)
    try session.type(":layer layer3.0.conv2<Enter>s")
    session.send(
      .scanProgress(
        number: session.state.sensitivity.scanNumber, SampleScan.table(finished: 120),
        SampleScan.progress(0.4)))
    session.wait(5)
    return session
  }

  @Test(arguments: [[80, 24], [120, 40], [200, 60], [100, 30], [40, 10]])
  func sensitivity(size: [Int]) throws {
    let session = try SensitivityTests.measured(size[0], size[1])
    try Snapshot.check(session.screen(), "sensitivity-\(size[0])x\(size[1])")
  }

  @Test(arguments: [[80, 24], [120, 40], [200, 60]])
  func scan(size: [Int]) throws {
    let session = try Self.scanning(size[0], size[1])
    try Snapshot.check(session.screen(), "scanning-\(size[0])x\(size[1])")
  }

  @Test func predictions() throws {
    var session = try SensitivityTests.measured(120, 40)
    try session.type(":measure fisher<Enter>")
    let table = try #require(session.state.sensitivity.table)
    session.send(.predicted(SampleScan.scores(table)))
    session.wait(5)
    try Snapshot.check(session.screen(), "sensitivity-fisher-120x40")
  }

  @Test func sensitivityWithoutColours() throws {
    let session = try Self.scanning(120, 40)
    try Snapshot.check(session.screen(depth: .mono), "scanning-mono-120x40")
  }

  @Test func sensitivityInASCII() throws {
    let session = try Self.scanning(100, 32, glyphs: .ascii)
    let screen = session.screen(depth: .mono)
    try Snapshot.check(screen, "scanning-ascii-100x32")
    let isPlain = screen.text.allSatisfy(\.isASCII)
    #expect(isPlain)
  }

  @Test(arguments: [
    ("free", "", 0), ("bits", "<Tab>", nil), ("weights", ":measure weight<Enter>", 0),
  ])
  func measures(name: String, keys: String, finished: Int?) throws {
    var session = try SensitivityTests.measured(100, 30)
    if let finished {
      try session.type("r")
      session = Session.open(columns: 100, rows: 30)
      try session.type("s")
      var table = SampleScan.table(finished: finished)
      for index in table.cells.indices where table.cells[index].images > 0 {
        let cell = table.cells[index]
        table.cells[index] = .init(
          layer: cell.layer, layerIndex: cell.layerIndex, setting: cell.setting)
        table.cells[index].weightSQNR = cell.weightSQNR
      }
      session.send(
        .scanProgress(
          number: session.state.sensitivity.scanNumber, table, SampleScan.progress(0)))
    }
    try session.type(keys)
    session.wait(5)
    try Snapshot.check(session.screen(), "sensitivity-\(name)-100x30")
  }

  @Test(arguments: [[80, 24], [120, 40], [200, 60], [40, 10]])
  func board(size: [Int]) throws {
    var session = try SnapshotTests.session(size[0], size[1])
    try session.type("Pjj")
    session.wait(5)
    try Snapshot.check(session.screen(), "board-\(size[0])x\(size[1])")
  }

  @Test(arguments: [[80, 24], [120, 40], [40, 10]])
  func search(size: [Int]) throws {
    var session = Session.open(columns: size[0], rows: size[1])
    try session.type("f")
    try Snapshot.check(session.screen(), "search-\(size[0])x\(size[1])")
    try session.type("<Up><Up><Enter>")
    session.wait(3)
    session.send(.searchProgress(number: 1, SampleScan.searchProgress()))
    try Snapshot.check(session.screen(), "searching-\(size[0])x\(size[1])")
  }

  @Test(arguments: ["s", "P"])
  func helpOfTheView(key: String) throws {
    var session = try SensitivityTests.measured(120, 40)
    try session.type("\(key == "s" ? "" : key)?")
    try Snapshot.check(session.screen(), "help-\(key == "s" ? "sensitivity" : "board")-120x40")
  }

  @Test(arguments: ["s", "ss", "P", "f", "sf", "s?", "soo", "s<Tab>mm"])
  func everyViewDrawsAtEverySize(keys: String) throws {
    var session = Session.open()
    try session.type(keys)
    if session.state.sensitivity.isScanning { session.finishScan() }
    for size in stride(from: 0, through: 200, by: 13) {
      for (columns, rows) in [(size, size / 4), (size, 24), (80, size / 2), (200 - size, 12)] {
        var buffer = CellBuffer(width: columns, height: rows)
        Workbench.render(session.state, into: &buffer, sheet: StyleSheet(depth: .ansi8))
        #expect(buffer.width == columns && buffer.height == rows)
        session.send(.resized(columns: columns, rows: rows))
      }
    }
  }
}
