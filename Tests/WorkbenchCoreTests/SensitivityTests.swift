import Evaluation
import ModelCompression
import Tensors
import TerminalCells
import Testing
import WorkbenchCore

/// The sensitivity view: keys, cells, scans.
@Suite struct SensitivityTests {
  /// Keys in the view, a layer, and its setting after them.
  struct Case: CustomTestStringConvertible {
    var keys: String
    var layer = "conv1"
    var after: String
    var testDescription: String { "\(keys) -> \(layer) \(after)" }
  }

  /// A session with the view open and the whole table measured.
  static func measured(_ columns: Int = 120, _ rows: Int = 40, glyphs: Glyphs = .blocks) throws
    -> Session
  {
    var session = Session.open(columns: columns, rows: rows, glyphs: glyphs)
    try session.type("s")
    session.finishScan()
    session.wait(5)
    return session
  }

  @Test(arguments: [
    Case(keys: "<Enter>", after: "prune 50.0 bits fp"),
    Case(keys: "l<Enter>", after: "prune 60.0 bits fp"),
    Case(keys: "2h<Enter>", after: "prune 30.0 bits fp"),
    Case(keys: "20l<Enter>", after: "prune 90.0 bits fp"),
    Case(keys: "<Right><Left><Enter>", after: "prune 50.0 bits fp"),
    Case(keys: "<Tab><Enter>", after: "prune 0.0 bits 4"),
    Case(keys: "<Tab>l<Enter>", after: "prune 0.0 bits 3"),
    Case(keys: "<Enter><Tab><Enter>", after: "prune 50.0 bits 4"),
    Case(keys: "<Enter><Tab><Enter>u", after: "prune 50.0 bits fp"),
    Case(keys: "<Enter>u", after: "prune 0.0 bits fp"),
    Case(keys: "<Enter>x", after: "prune 0.0 bits fp"),
    Case(keys: "j<Enter>", layer: "layer1.0.conv1", after: "prune 50.0 bits fp"),
    Case(keys: "j<Enter>", after: "prune 0.0 bits fp"),
    Case(keys: "3jk<Enter>", layer: "layer1.0.conv2", after: "prune 50.0 bits fp"),
    Case(keys: "G<Enter>", layer: "linear", after: "prune 50.0 bits fp"),
    Case(keys: "/3.1.conv2<Enter><Enter>", layer: "layer3.1.conv2", after: "prune 50.0 bits fp"),
    Case(keys: "A", after: "prune 70.0 bits fp"),
    Case(keys: "A", layer: "layer3.2.conv2", after: "prune 60.0 bits fp"),
    Case(keys: "Au", layer: "layer3.2.conv2", after: "prune 0.0 bits fp"),
    Case(keys: "5bA", layer: "layer3.2.conv2", after: "prune 80.0 bits fp"),
    Case(keys: "<Tab>A", after: "prune 0.0 bits 3"),
    Case(keys: "s30%", after: "prune 30.0 bits fp"),
    Case(keys: "j<Esc>30%", layer: "layer1.0.conv1", after: "prune 30.0 bits fp"),
  ])
  func plan(_ test: Case) throws {
    var session = try Self.measured()
    try session.type(test.keys)
    #expect(session.setting(test.layer) == test.after)
  }

  @Test func applyingToAllIsOneStep() throws {
    var session = try Self.measured()
    try session.type("A")
    #expect(session.state.history.undoDepth == 1)
    #expect(session.state.shownNote?.text.contains("u undoes") == true)
  }

  @Test func openingScansOnceAndComingBackKeepsTheTable() throws {
    var session = Session.open()
    try session.type("s")
    guard case .scan(let scan, let number)? = session.effects.last else {
      Issue.record("no scan was asked for")
      return
    }
    #expect(scan.settings.count == 15 && scan.stopsEarly)
    session.send(.scanFinished(number: number, SampleScan.table()))
    try session.type("<Esc>")
    #expect(session.state.view == .workbench)
    let asked = session.effects.count
    try session.type("s")
    #expect(session.effects.count == asked)
    #expect(session.state.sensitivity.table == SampleScan.table())
  }

  @Test func cancellingKeepsWhatIsKnown() throws {
    var session = Session.open()
    try session.type("s")
    let number = session.state.sensitivity.scanNumber
    session.send(
      .scanProgress(number: number, SampleScan.table(finished: 100), SampleScan.progress(0.4)))
    try session.type("<Esc>")
    #expect(session.effects.last == .cancelScan)
    #expect(session.state.view == .sensitivity)
    #expect(!session.state.sensitivity.isScanning)
    #expect(session.state.sensitivity.table == SampleScan.table(finished: 100))
    // Going on keeps the numbers until the new scan has better ones.
    try session.type("r")
    session.send(
      .scanProgress(number: number + 1, SampleScan.table(finished: 0), SampleScan.progress(0)))
    #expect(session.state.sensitivity.table == SampleScan.table(finished: 100))
    session.send(.scanProgress(number: number, SampleScan.table(), SampleScan.progress(1)))
    #expect(session.state.sensitivity.table == SampleScan.table(finished: 100))
  }

  @Test func leavingLetsTheScanGoOn() throws {
    var session = Session.open()
    try session.type("ss")
    #expect(session.state.view == .workbench)
    #expect(session.state.sensitivity.isScanning)
    #expect(!session.effects.contains(.cancelScan))
    try session.type("l")
    #expect(session.state.sensitivity.isScanning)
    session.finishScan()
    #expect(session.state.sensitivity.table != nil)
  }

  @Test func aFailedScanSaysWhy() throws {
    var session = Session.open()
    try session.type("s")
    session.send(
      .scanFailed(
        number: session.state.sensitivity.scanNumber,
        EngineError(.notFinite, problem: "NaN in the outputs", remedy: "Check the model")))
    #expect(!session.state.sensitivity.isScanning)
    #expect(session.screen().text.contains("NaN in the outputs"))
  }

  @Test func budgetsAndMeasures() throws {
    var session = try Self.measured()
    try session.type("b")
    #expect(session.state.shownNote?.text == "budget: at most 2.0 pt of top-1 loss")
    try session.type("0.5b")
    #expect(session.state.shownNote?.text == "budget: at most 0.50 pt of top-1 loss")
    try session.type(":budget x<Enter>")
    #expect(session.state.shownNote?.text.contains("give a number") == true)
    try session.type(":measure weight<Enter>")
    #expect(session.state.shownNote?.text == "cells show weight SQNR (dB)")
    #expect(session.screen().text.contains("weight SQNR (dB) by prune %"))
    try session.type("mm")
    #expect(session.state.shownNote?.text == "cells show top-1 loss (pt)")
    try session.type(":measure layer<Enter>")
    #expect(session.state.shownNote?.text.contains("is not known") == true)
  }

  @Test func predictionsAreMadeWhenTheyAreLookedAt() throws {
    var session = try Self.measured()
    try session.type(":measure fisher<Enter>")
    guard case .predict(let table)? = session.effects.last else {
      Issue.record("no predictions were asked for")
      return
    }
    #expect(session.screen().text.contains("one pass backwards"))
    try session.type("m")
    #expect(session.effects.last == .cancelPrediction)
    // What comes too late is not shown.
    session.send(.predicted(SampleScan.scores(table)))
    #expect(session.state.sensitivity.scores == nil)
    try session.type(":measure fisher<Enter>")
    session.send(.predicted(SampleScan.scores(table)))
    let asked = session.effects.count
    try session.type(":measure top<Enter>:measure fisher<Enter>")
    #expect(session.effects.count == asked)
    // A new scan's table has no predictions of its own.
    session.finishScan()
    #expect(session.state.sensitivity.table?.cells.allSatisfy { $0.fisher != nil } == true)
    #expect(session.screen().text.contains("rank correlation with the measured harm"))
  }

  @Test func networksWithoutGradientsSayWhy() throws {
    var session = try Self.measured()
    try session.type(":measure fisher<Enter>")
    session.send(
      .predictionFailed(
        EngineError(.unsupported, problem: "no gradient is known for TopK", remedy: "Leave it out"))
    )
    #expect(session.state.shownNote?.text.contains("no gradient is known for TopK") == true)
    #expect(session.screen().text.contains("top-1 loss (pt) by prune %"))
  }

  @Test func withoutLabelsDivergenceIsShown() throws {
    var session = Session()
    session.send(.dataOpened(DataSummary(name: "images", count: 250, hasLabels: false)))
    session.send(.modelOpened(SampleModel.summary, plan: CompressionPlan(), planPath: nil))
    try session.type("s")
    session.finishScan(hasLabels: false)
    #expect(session.screen().text.contains("KL divergence (nats) by prune %"))
  }

  @Test func pinnedLayersKeepWhatTheyHave() throws {
    var plan = CompressionPlan()
    plan.pinned = ["layer3.2.conv2"]
    var session = Session.open(plan: plan)
    try session.type("s")
    session.finishScan()
    try session.type("A")
    #expect(session.setting("layer3.2.conv2") == "prune 0.0 bits fp")
    #expect(session.setting("conv1") == "prune 70.0 bits fp")
  }

  @Test func sortingByLossPutsTheMostHarmedFirst() throws {
    var session = try Self.measured()
    try session.type("4lo")
    let rows = session.screen().text.split(separator: "\n")
    #expect(rows[2].contains("conv1"))
    try session.type("o")
    #expect(session.state.shownNote?.text == "layers by most tolerant")
    try session.type("oo")
    #expect(session.state.shownNote?.text == "layers by graph order")
  }

  @Test func keysOfOtherViewsAreOff() throws {
    var session = Session.open()
    try session.type("A")
    #expect(session.state.glyphs == .braille)
    try session.type(":cells-apply<Enter>")
    #expect(session.state.shownNote?.text.contains("s opens it") == true)
    try session.type("s")
    session.finishScan()
    try session.type("z")
    #expect(session.state.shownNote?.text.contains("does nothing here") == true)
  }
}
