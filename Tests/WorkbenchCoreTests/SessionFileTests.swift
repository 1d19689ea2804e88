import ModelCompression
import TerminalCells
import Testing
import WorkbenchCore

/// The session file: when it is written, and how it is offered.
@Suite struct SessionFileTests {
  private static func open() -> Session {
    var session = Session(keepsSession: true)
    session.send(.dataOpened(SampleModel.data))
    session.send(.modelOpened(SampleModel.summary, plan: CompressionPlan(), planPath: nil))
    session.wait(5)
    return session
  }

  /// The plans that the session file was given, in order.
  private static func writes(_ session: Session) -> [CompressionPlan?] {
    session.effects.compactMap { effect -> CompressionPlan?? in
      if case .saveSession(let plan) = effect { .some(plan) } else { nil }
    }
  }

  @Test func changesAreWrittenAtMostEveryTwoSeconds() throws {
    var session = Self.open()
    #expect(Self.writes(session).isEmpty)
    try session.type("30%")
    #expect(Self.writes(session) == [session.state.plan])
    try session.type("40%j50%")
    #expect(Self.writes(session).count == 1)
    let due = try #require(session.state.nextTick)
    #expect(due <= session.time + 2)
    session.wait(2)
    #expect(Self.writes(session).count == 2)
    #expect(Self.writes(session).last == session.state.plan)
    session.wait(10)
    #expect(Self.writes(session).count == 2)
    #expect(session.state.nextTick == nil)
  }

  @Test func savingAndQuittingRemoveIt() throws {
    var session = Self.open()
    try session.type("30%w<Enter>")
    session.wait(3)
    #expect(Self.writes(session).count == 2)
    #expect(Self.writes(session).last == .some(nil))
    session = Self.open()
    try session.type("30%40%qq")
    #expect(Self.writes(session).last == .some(nil), "the user was asked and let it go")
    session = Self.open()
    try session.type("30%40%<C-c><C-c>")
    #expect(Self.writes(session).last == session.state.plan, "the user was not asked")
  }

  @Test func anUnsavedPlanIsOffered() throws {
    var plan = CompressionPlan()
    plan.set(LayerSetting(prune: PruneSetting(amount: 0.5)), forLayer: "conv1")
    var session = Self.open()
    session.send(.sessionFound(plan, age: 600))
    #expect(session.screen().text.contains("10 minutes ago"))
    // Nothing is written over it before the user has decided.
    #expect(Self.writes(session).isEmpty)
    try session.type("<Enter>")
    #expect(session.setting("conv1") == "prune 50.0 bits fp")
    try session.type("u")
    #expect(session.setting("conv1") == "prune 0.0 bits fp")
    session.send(.sessionFound(plan, age: 600))
    try session.type("<Esc>")
    #expect(session.state.overlay.isNone)
    #expect(session.setting("conv1") == "prune 0.0 bits fp")
    // Declined once is declined: it is not offered again.
    #expect(Self.writes(session).last == .some(nil))
  }

  @Test func aPlanOfAnotherModelIsNotOffered() {
    var plan = CompressionPlan()
    plan.set(LayerSetting(prune: PruneSetting(amount: 0.5)), forLayer: "no.such.layer")
    var session = Self.open()
    session.send(.sessionFound(plan, age: 600))
    #expect(session.state.overlay.isNone)
    session = Session.open()
    session.send(.sessionFound(CompressionPlan(), age: 1))
    #expect(session.state.overlay.isNone)
  }
}
