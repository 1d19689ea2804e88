import Evaluation
import ModelCompression
import Tensors
import TerminalCells
import Testing
import WorkbenchCore

/// What messages do to the state, and what they ask for.
@Suite struct UpdateTests {
  @Test func openingAsksForSizesPictureAndMeasurement() {
    var session = Session()
    session.answers = false
    session.send(.dataOpened(SampleModel.data))
    session.send(.modelOpened(SampleModel.summary, plan: CompressionPlan(), planPath: nil))
    let plan = CompressionPlan()
    #expect(
      session.effects == [
        .computeSize(plan: plan, generation: 1),
        .loadLayer(name: "conv1", plan: plan, generation: 1),
        .evaluate(plan: plan, generation: 1, focusLayer: "conv1"),
      ])
    #expect(session.state.isEvaluating)
  }

  @Test func aChangeAsksForAllThreeWithTheNextGeneration() throws {
    var session = Session.open()
    let generation = session.state.generation
    try session.type("l")
    #expect(session.effects.count == 3)
    guard case .evaluate(let plan, let next, let focus)? = session.effects.last else {
      Issue.record("no measurement was asked for")
      return
    }
    #expect(plan == session.state.plan)
    #expect(next == generation + 1)
    #expect(focus == "conv1")
  }

  @Test func movingAsksForThePictureOnly() throws {
    var session = Session.open()
    try session.type("jjj")
    let generation = session.state.generation
    // The first two rows below are groups: only the layer has a picture.
    #expect(
      session.effects == [
        .loadLayer(name: "layer1.0.conv1", plan: session.state.plan, generation: generation)
      ])
  }

  @Test func staleResultsAreDropped() throws {
    var session = Session.open()
    session.answers = false
    try session.type("l")
    let stale = session.state.generation - 1
    let old = session.state.metrics?.value
    session.send(.progress(generation: stale, SampleModel.metrics(10, images: 10)))
    session.send(.evaluated(generation: stale, SampleModel.metrics(10, images: 20)))
    session.send(
      .evaluationFailed(
        generation: stale, EngineError(.notFinite, problem: "NaN in the outputs")))
    #expect(session.state.metrics?.value == old)
    #expect(session.state.isEvaluating)
    #expect(session.state.evaluationError == nil)
    let (sizes, layers) = SampleModel.sizes(session.state.settings)
    session.send(.sizes(generation: stale - 5, sizes, layers: layers))
    #expect(session.state.sizes?.generation == stale)
    session.send(
      .evaluated(
        generation: session.state.generation, SampleModel.metrics(10, images: 1000)))
    #expect(!session.state.isEvaluating)
  }

  @Test func thePictureOfAnotherLayerIsDropped() throws {
    var session = Session.open()
    let picture = try #require(session.state.picture)
    session.answers = false
    try session.type("G")
    session.send(.layerPicture(generation: session.state.generation, picture.value))
    #expect(session.state.picture?.value.name == "conv1")
    #expect(!session.screen().text.contains("zeros 0"))
    #expect(session.screen().text.contains("reading the weights"))
  }

  @Test func pointsAreTheMeasuredPlans() throws {
    var session = Session.open()
    #expect(session.state.points.count == 1)
    try session.type("50%")
    #expect(session.state.points.count == 2)
    try session.type("u")
    #expect(session.state.points.count == 2)
    session.measuredImages = 300
    try session.type("70%")
    #expect(session.state.points.count == 2)
  }

  @Test func cancelStopsTheMeasurement() throws {
    var session = Session.open()
    session.answers = false
    try session.type("l<Esc>")
    #expect(session.effects.last == .cancelEvaluation)
    #expect(!session.state.isEvaluating)
    #expect(!session.state.isQuitting)
  }

  @Test func twoInterruptsQuit() throws {
    var session = Session.open()
    try session.type("<C-c>")
    #expect(!session.state.isQuitting)
    session.wait(3)
    try session.type("<C-c>")
    #expect(!session.state.isQuitting)
    try session.type("<C-c>")
    #expect(session.state.isQuitting)
    #expect(session.effects.last == .quit)
  }

  @Test func quittingAsksOnlyWhenThePlanIsUnsaved() throws {
    var session = Session.open()
    try session.type("q")
    #expect(session.effects == [.quit])
    session = Session.open()
    try session.type("lq")
    #expect(!session.state.overlay.isNone)
    try session.type("<Esc>")
    #expect(!session.effects.contains(.quit))
    try session.type("qq")
    #expect(session.effects.last == .quit)
  }

  @Test func savingAndQuitting() throws {
    var session = Session.open()
    try session.type("lqw<Enter>")
    let saved = Effect.savePlan(session.state.plan, path: "~/models/out/resnet20.plan.yaml")
    #expect(session.effects.suffix(2) == [saved, .quit])
  }

  @Test func aPlanThatCannotBeWrittenDoesNotQuit() throws {
    var session = Session.open()
    session.answers = false
    try session.type("lqw<Enter>")
    session.send(
      .planSaveFailed(
        EngineError(.writeFailed, path: "/x", problem: "no space is left", remedy: "Free some")))
    #expect(!session.effects.contains(.quit))
    #expect(!session.state.isQuitting)
    #expect(session.state.hasUnsavedPlan)
    #expect(session.state.shownNote?.level == .error)
  }

  @Test func savingAsksForAPathOnce() throws {
    var session = Session.open()
    try session.type("lw")
    try session.type("<C-u>p.yaml<Enter>")
    #expect(session.effects.last == .savePlan(session.state.plan, path: "p.yaml"))
    #expect(!session.state.hasUnsavedPlan)
    #expect(session.state.planPath == "p.yaml")
    try session.type("l<C-s>")
    #expect(session.effects.last == .savePlan(session.state.plan, path: "p.yaml"))
    try session.type(":save other.yaml<Enter>")
    #expect(session.effects.last == .savePlan(session.state.plan, path: "other.yaml"))
  }

  @Test func messagesGoAfterFourSecondsAndErrorsStay() {
    var session = Session.open()
    session.send(.note("hello", .info))
    #expect(session.state.nextTick == session.time + 4)
    session.wait(3.9)
    #expect(session.state.shownNote != nil)
    session.wait(0.1)
    #expect(session.state.shownNote == nil)
    #expect(session.state.nextTick == nil)
    session.send(.note("broken", .error))
    session.wait(100)
    #expect(session.state.shownNote?.text == "broken")
    session.send(.key(.character("j")))
    #expect(session.state.shownNote == nil)
    #expect(session.state.notes.last?.text == "broken")
  }

  @Test func themesArePreviewedAndRestored() throws {
    var session = Session.open()
    try session.type("tj")
    #expect(session.effects == [.setTheme(slug: "harbour-dark")])
    try session.type("<Esc>")
    #expect(session.effects.last == .setTheme(slug: "terminal"))
    try session.type("tjj<Enter>")
    #expect(session.state.themeSlug == "harbour-light")
    try session.type(":theme harbour-d<Enter>")
    #expect(session.state.themeSlug == "harbour-dark")
  }

  @Test func theExportFormAsksForAnExport() throws {
    var session = Session.open()
    try session.type("50%e<Space><Tab><C-u>/tmp/x<Tab><C-u>small<Tab><Space><Tab><Tab><Enter>")
    let (sizes, _) = SampleModel.sizes(session.state.settings)
    #expect(
      session.effects.last
        == .export(
          ExportRequest(
            format: .onnxQDQ, folder: "/tmp/x", fileName: "small.onnx", planFileName: nil,
            overwrites: false, plan: session.state.plan,
            promisedBytes: sizes.formats["onnx-qdq"])))
    #expect(session.state.isExporting)
    session.send(
      .exportFinished(
        ExportResult(
          files: [(path: "/tmp/x/small.onnx", bytes: 1234)],
          verification: "verified: 1000 of 1000 predictions equal")))
    #expect(!session.state.isExporting)
    #expect(
      session.state.shownNote?.text
        == "wrote /tmp/x/small.onnx, 1,234 bytes; verified: 1000 of 1000 predictions equal")
  }

  @Test func anExportWithoutANameIsRefused() throws {
    var session = Session.open()
    try session.type("e<Tab><Tab><C-u><Tab><Tab><Tab><Enter>")
    #expect(session.effects.isEmpty)
    #expect(session.screen().text.contains("type a name for the file"))
  }

  @Test func weightsWithoutAGraphSayWhatIsMissing() throws {
    var session = Session()
    session.send(.dataOpened(SampleModel.data))
    var summary = SampleModel.summary
    summary.hasGraph = false
    summary.unsupported = []
    session.send(.modelOpened(summary, plan: CompressionPlan(), planPath: nil))
    session.wait(5)
    #expect(session.screen().text.contains("needs a graph: open the .onnx"))
    try session.type("r")
    #expect(session.state.shownNote?.text.contains("needs a graph") == true)
  }

  @Test func unsupportedNodesAreNamed() {
    var session = Session()
    session.send(.dataOpened(SampleModel.data))
    var summary = SampleModel.summary
    summary.unsupported = ["Einsum", "NonMaxSuppression"].map {
      ModelSummary.UnsupportedNode(node: "node 3", op: $0, domain: "", reason: "not known")
    }
    session.send(.modelOpened(summary, plan: CompressionPlan(), planPath: nil))
    session.wait(5)
    #expect(session.screen().text.contains("Einsum, NonMaxSuppression"))
    #expect(!session.state.isEvaluating)
  }

  @Test func aModelThatDoesNotOpenSaysWhy() {
    var session = Session(columns: 100, rows: 30)
    session.send(
      .openFailed(
        EngineError(
          .missingFile, path: "x.onnx", problem: "no such file", remedy: "Check the path")))
    #expect(session.screen().text.contains("no such file"))
    #expect(session.screen().text.contains("Check the path"))
  }

  @Test func withoutLabelsAgreementIsShown() {
    var session = Session(columns: 80, rows: 24)
    session.answers = false
    session.send(
      .dataOpened(DataSummary(name: "images", count: 100, hasLabels: false)))
    session.send(.modelOpened(SampleModel.summary, plan: CompressionPlan(), planPath: nil))
    var metrics = SampleModel.metrics(100_000, images: 1000)
    metrics.baseline = nil
    metrics.plan = nil
    metrics.delta = nil
    session.send(.evaluated(generation: 1, metrics))
    session.wait(5)
    #expect(session.screen().text.contains("96.8 % of first classes with the original"))
    metrics.agreement = nil
    session.send(.evaluated(generation: 1, metrics))
    #expect(session.screen().text.contains("cosine 0.9981"))
  }

  @Test func layerNamesCannotHarmTheScreen() {
    var summary = SampleModel.summary
    summary.name = "evil\u{1B}[31m\u{202E}.onnx"
    var session = Session(columns: 80, rows: 24)
    session.send(.modelOpened(summary, plan: CompressionPlan(), planPath: nil))
    session.wait(5)
    let text = session.screen().text
    #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
  }
}
