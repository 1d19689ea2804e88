import Evaluation
import ModelCompression
import Tensors
import TerminalCells
import Testing
import WorkbenchCore

/// The Pareto board, and the search whose plans land on it.
@Suite struct BoardTests {
  @Test func aPointsPlanIsRestoredAsOneStep() throws {
    var session = try SnapshotTests.session(120, 40)
    session.measuredImages = 1000
    let before = session.state.plan
    try session.type("PG")
    #expect(session.state.view == .board)
    let point = session.state.points[session.state.board.point]
    let isOther = point.plan != before
    #expect(isOther)
    let depth = session.state.history.undoDepth
    try session.type("<Enter>")
    let isRestored = session.state.plan == point.plan
    #expect(isRestored)
    #expect(session.state.history.undoDepth == depth + 1)
    try session.type("u")
    let isBack = session.state.plan == before
    #expect(isBack)
    try session.type("<Esc>")
    #expect(session.state.view == .workbench)
  }

  @Test func theFrontIsWhatNothingBeats() throws {
    var session = try SnapshotTests.session(120, 40)
    try session.type("Pa")
    var shown: [MeasuredPoint] = []
    for _ in 0..<session.state.points.count {
      let point = session.state.points[session.state.board.point]
      if shown.last?.plan != point.plan { shown.append(point) }
      try session.type("j")
    }
    #expect(shown.count > 1 && shown.count < session.state.points.count)
    for point in session.state.points {
      let isBeaten = session.state.points.contains {
        $0.storedBytes <= point.storedBytes && $0.quality >= point.quality
          && ($0.storedBytes < point.storedBytes || $0.quality > point.quality)
      }
      #expect(shown.contains { $0.plan == point.plan } == !isBeaten)
    }
  }

  // Search.

  @Test func theFormAsksForASearch() throws {
    var session = Session.open()
    try session.type("f<Tab><C-u>30<Tab><C-u>8 4<Tab><C-u>0 50<Tab><Enter>")
    guard case .search(let search, let number)? = session.effects.last else {
      Issue.record("no search was asked for: \(session.screen().text)")
      return
    }
    #expect(search.goal == .maxSize(bytes: SampleModel.summary.fileBytes * 3 / 10))
    #expect(search.bits == [8, 4])
    #expect(search.amounts == [0, 0.5])
    #expect(search.pinned.isEmpty)
    #expect(number == 1)
    #expect(session.state.search.isRunning)
  }

  @Test(arguments: [
    ("f<Space><Tab><C-u>3.5<Tab><Tab><Tab><Enter>", PlanSearch.Goal.averageBits(3.5)),
    ("f<Left><Tab><C-u>0.5<Up><Up><Up><Enter>", .maxDrop(points: 0.5)),
    ("f<Tab><C-u>0<Tab><Tab><Tab><Enter>", nil),
    ("f<Tab><C-u>400<Tab><Tab><Tab><Enter>", nil),
    ("f<Tab><Tab><C-u>9<Tab><Tab><Enter>", nil),
    ("f<Tab><Tab><Tab><C-u>120<Tab><Enter>", nil),
    ("f<Tab><Tab><Tab><Tab><Tab><Enter>", nil),
  ])
  func goals(keys: String, goal: PlanSearch.Goal?) throws {
    var session = Session.open()
    try session.type(keys)
    let found: PlanSearch.Goal? =
      if case .search(let search, _)? = session.effects.last { search.goal } else { nil }
    #expect(found == goal, "\(session.screen().text)")
  }

  @Test func markedLayersAreSearchedAlone() throws {
    var session = Session.open()
    try session.type("<Space>f<Up><Up><Enter>")
    guard case .search(let search, _)? = session.effects.last else {
      Issue.record("no search was asked for")
      return
    }
    #expect(search.pinned.count == SampleModel.layers.count - 1)
    #expect(!search.pinned.contains("conv1"))
  }

  @Test func aResultIsOneUndoableStepAndSaysItsImages() throws {
    var session = try Self.searching()
    let before = session.state.plan
    session.send(.searchFinished(number: 1, SampleScan.searchResult()))
    #expect(!session.state.search.isRunning)
    #expect(session.state.overlay.isNone)
    #expect(session.state.plan == SampleScan.searchResult().plan)
    let text = session.state.shownNote?.text ?? ""
    #expect(text.contains("on 500 images it did not search on (searched on 500)"))
    // The plan itself is measured by the workbench then, the other point stays the search's.
    #expect(session.state.points.count { $0.search == 1 } == 1)
    #expect(session.state.points.contains { $0.plan == session.state.plan })
    try session.type("u")
    #expect(session.state.plan == before)
  }

  @Test func stoppingTakesTheBestSoFar() throws {
    var session = try Self.searching()
    let progress = SampleScan.searchProgress()
    session.send(.searchProgress(number: 1, progress))
    #expect(session.screen().text.contains("Searching"))
    try session.type("<Esc>")
    #expect(session.effects.contains(.cancelSearch))
    #expect(session.state.plan == progress.best)
    #expect(session.state.shownNote?.text.contains("searched on") == true)
    // What comes late changes nothing.
    session.send(.searchFinished(number: 1, SampleScan.searchResult()))
    #expect(session.state.plan == progress.best)
  }

  @Test func aSearchGoesOnBehindTheBoard() throws {
    var session = try Self.searching()
    try session.type("P")
    #expect(session.state.view == .board && session.state.search.isRunning)
    session.send(.searchProgress(number: 1, SampleScan.searchProgress()))
    #expect(session.state.points.count { $0.search == 1 } == 3)
    session.send(.searchProgress(number: 1, SampleScan.searchProgress()))
    #expect(session.state.points.count { $0.search == 1 } == 3)
    try session.type("f")
    #expect(session.screen().text.contains("Searching"))
    session.send(
      .searchFailed(
        number: 1,
        EngineError(.invalidArgument, problem: "the goal can't be reached", remedy: "Ask less")))
    #expect(!session.state.search.isRunning)
    #expect(session.state.shownNote?.text.contains("can't be reached") == true)
  }

  /// A session with a search running.
  static func searching(_ columns: Int = 120, _ rows: Int = 40) throws -> Session {
    var session = Session.open(columns: columns, rows: rows)
    try session.type("f<Up><Up><Enter>")
    return session
  }
}
