import Evaluation
import ModelCompression
import TerminalCells
import Testing
import WorkbenchCore

/// A detector's head that the plan to begin with pins: what is told of it, and how it is unpinned.
@Suite struct PinnedHeadTests {
  private static let head = HeadLayers(
    names: ["linear"], reason: "it makes the detector's outputs 'boxes'")

  private func open() -> Session {
    var session = Session(columns: 80, rows: 24)
    var summary = SampleModel.summary
    summary.head = Self.head
    session.send(
      .modelOpened(summary, plan: CompressionPlan(pinned: Self.head.names), planPath: nil))
    session.send(.dataOpened(SampleModel.data))
    return session
  }

  @Test func theReasonStaysToBeReadWhenDataFollow() {
    let session = open()
    let text = "pinned linear: it makes the detector's outputs 'boxes'; K unpins"
    #expect(session.state.shownNote?.text == text)
    #expect(session.state.notes.filter { $0.text == text }.count == 1)
    #expect(session.state.notes.contains { $0.text.hasPrefix("data: ") })
  }

  @Test func theSelectedLayerTellsItUntilItIsUnpinned() throws {
    var session = open()
    session.wait(10)
    try session.type("G")
    session.wait(10)
    #expect(session.screen().text.contains("K unpin: it makes the detector's outputs 'boxes'"))
    try session.type("K")
    session.wait(10)
    #expect(session.state.plan.pinned.isEmpty)
    #expect(!session.screen().text.contains("K unpin"))
  }
}
