import Evaluation
import ModelCompression
import TerminalCells
import Testing
import WorkbenchCore

/// Methods that take seconds for a layer, and what calibration rests on.
@Suite struct SlowMethodTests {
  private static let notice =
    "calibrated on the inputs of the first 512 samples of the evaluation data"

  /// A session under a plan of codes found by a slow method, waiting for its measurement.
  private static func session(_ columns: Int, _ rows: Int) throws -> Session {
    var plan = CompressionPlan()
    for entry in SampleModel.layers.prefix(3) {
      plan.set(
        LayerSetting(weights: WeightQuantization(bits: 4, method: NamedChoice("gptq"))),
        forLayer: entry.layer.name)
    }
    var session = Session.open(columns: columns, rows: rows, plan: plan)
    var data = SampleModel.data
    data.calibrationNotice = notice
    session.send(.dataOpened(data))
    session.answers = false
    try session.type("-")
    return session
  }

  private static func status(_ session: Session) -> Substring {
    session.screen().text.split(separator: "\n").last ?? ""
  }

  @Test(arguments: [80, 120])
  func theStatusLineTellsHowFarItIs(columns: Int) throws {
    var session = try Self.session(columns, 40)
    let generation = session.state.generation
    session.send(
      .compressing(
        generation: generation, CompressingProgress(done: 0, total: 0, method: "gptq")))
    #expect(Self.status(session).contains("calibrating (gptq)"))
    session.send(
      .compressing(
        generation: generation, CompressingProgress(done: 3, total: 36, method: "gptq")))
    #expect(Self.status(session).contains("compressing layer 4 of 36 (gptq)"))
    // The last layer is under way until the measurement begins.
    session.send(
      .compressing(
        generation: generation,
        CompressingProgress(done: 36, total: 36, method: "gptq")))
    #expect(Self.status(session).contains("layer 36 of 36"))
    session.send(.progress(generation: generation, SampleModel.metrics(500_000, images: 10)))
    #expect(!Self.status(session).contains("compressing"))
  }

  @Test func newsOfAnOlderPlanAreIgnored() throws {
    var session = try Self.session(120, 40)
    let generation = session.state.generation
    session.send(
      .compressing(
        generation: generation - 1, CompressingProgress(done: 3, total: 36, method: "adaround")))
    #expect(!Self.status(session).contains("adaround"))
    session.send(
      .compressing(
        generation: generation, CompressingProgress(done: 3, total: 36, method: "gptq")))
    try session.type("-")
    #expect(!Self.status(session).contains("gptq"))
  }

  @Test func stoppingEndsIt() throws {
    var session = try Self.session(120, 40)
    session.send(
      .compressing(
        generation: session.state.generation,
        CompressingProgress(done: 3, total: 36, method: "gptq")))
    try session.type("<Esc>")
    session.send(.evaluationCancelled(generation: session.state.generation))
    #expect(!Self.status(session).contains("compressing"))
  }

  @Test(arguments: [(80, 24), (120, 40)])
  func theSheetTellsWhatCalibrationRestsOn(_ columns: Int, _ rows: Int) throws {
    var session = try Self.session(columns, rows)
    try session.type("i")
    let isThere = session.screen().text.contains("calibrated on the inputs")
    #expect(isThere)
    // Layers that need no samples say nothing of them.
    try session.type("<Esc>G")
    try session.type("i")
    #expect(!session.screen().text.contains("calibrated on the inputs"))
  }
}
