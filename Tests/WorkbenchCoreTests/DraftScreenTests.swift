import Evaluation
import ModelCompression
import Testing
import WorkbenchCore

/// What the screen says of drafts, settled counts and work ahead.
@Suite struct DraftScreenTests {
  /// A session in which a measurement has come as far as a complete result of some precision.
  private func session(_ precision: MeasuredPrecision, isFinished: Bool) throws -> Session {
    var session = Session.open(columns: 120, rows: 40)
    session.answers = false
    try session.type("-")
    let (sizes, layers) = SampleModel.sizes(session.state.settings)
    let generation = session.state.generation
    session.send(.sizes(generation: generation, sizes, layers: layers))
    var metrics = SampleModel.metrics(sizes.stored, images: 1000)
    metrics.precision = precision
    session.send(
      isFinished
        ? .evaluated(generation: generation, metrics)
        : .progress(generation: generation, metrics))
    session.wait(5)
    return session
  }

  @Test(arguments: [MeasuredPrecision.draft, .settled])
  func running(precision: MeasuredPrecision) throws {
    let session = try session(precision, isFinished: false)
    try Snapshot.check(session.screen(), "\(precision.rawValue)-120x40")
  }

  @Test func marksWhatIsADraftsAndNothingElse() throws {
    func line(_ session: Session, _ label: String) throws -> String {
      let lines = session.screen().text.split(separator: "\n").map(String.init)
      return try #require(lines.first { $0.contains("│ \(label) ") })
    }
    let draft = try session(.draft, isFinished: true)
    #expect(try line(draft, "top-1").contains("~91.5 %"))
    #expect(try line(draft, "loss").contains("~0.281"))
    let settled = try session(.settled, isFinished: true)
    #expect(try !line(settled, "top-1").contains("~"))
    #expect(try line(settled, "loss").contains("~0.281"))
    #expect(settled.screen().text.contains("settled, 1,000 images in 0.61 s"))
    let exact = try session(.exact, isFinished: true)
    #expect(!exact.screen().text.contains("~0"))
    #expect(exact.screen().text.contains("exact, 1,000 images"))
  }

  @Test func asksAheadOnlyForWhatKeysLeadToFromHere() throws {
    var session = Session.open(columns: 100, rows: 30)
    // Floats at 0 %: there are neither more bits nor less pruning.
    #expect(session.state.aheadRequest?.neighbours.count == 2)
    try session.type("--5%")
    let request = try #require(session.state.aheadRequest)
    #expect(request.layer == session.state.model?.layers[0].layer.name)
    #expect(request.neighbours.count == 4)
    for key in ["-", "+", "L", "H"] {
      var next = session
      try next.type(key)
      #expect(request.neighbours.contains(next.state.plan), "after \(key)")
    }
    session.answers = false
    try session.type("L")
    #expect(session.state.aheadRequest == nil, "while the plan is measured")
  }

  @Test func showsHowFarWorkAheadIs() throws {
    var session = Session.open(columns: 120, rows: 30)
    let layer = try #require(session.state.aheadRequest?.layer)
    session.send(
      .ahead(
        AheadProgress(generation: session.state.generation, layer: layer, done: 1, total: 2)))
    #expect(session.screen().text.contains("ahead 1/2"))
    try session.type("j")
    #expect(!session.screen().text.contains("ahead"), "another layer has other neighbours")
  }
}
