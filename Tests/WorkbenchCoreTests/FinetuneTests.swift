import ModelCompression
import Tensors
import Testing
import Training
import WorkbenchCore

/// Training back what a plan costs: the form, the curves, and what becomes of the result.
@Suite struct FinetuneTests {
  /// The sample model with every layer pruned, beside data that have training data.
  private static func session(_ columns: Int = 120, _ rows: Int = 40) throws -> Session {
    var session = Session.open(columns: columns, rows: rows)
    var data = SampleModel.data
    data.trainingPath = "~/data/cifar10_train2000.yaml"
    session.send(.dataOpened(data))
    try session.type("*70%*")
    session.wait(5)
    session.effects = []
    return session
  }

  /// A session in which a run has been started.
  private static func training(_ columns: Int = 120, _ rows: Int = 40) throws -> Session {
    var session = try Self.session(columns, rows)
    try session.type("T<Enter>")
    return session
  }

  /// How far a run is after so many of its 480 steps of 16 to an epoch, its loss falling.
  private static func progress(_ step: Int, hasLabels: Bool = true) -> FinetuneProgress {
    let history = (0...step / 16).map { epoch in
      ValidationPoint(
        epoch: epoch, step: epoch * 16, loss: 1.4 / Double(1 + epoch) + 0.2,
        accuracy: hasLabels ? 0.85 - 0.35 / Double(1 + epoch) : nil)
    }
    return FinetuneProgress(
      step: step, steps: 480, epoch: step / 16, epochs: 30,
      loss: step > 0 ? 1.6 / Double(1 + step / 16) + 0.1 * Double(step % 3) : nil,
      learningRate: 0.001, pruning: min(1, Double(step) / 240), history: history,
      best: history.last, secondsLeft: step > 0 ? Double(480 - step) * 0.4 : nil)
  }

  /// A result whose plan names the written file.
  private static func outcome(
    _ plan: CompressionPlan, ending: FinetuneResult.Ending = .finished
  ) -> FinetuneOutcome {
    var plan = plan
    plan.finetuned = CompressionPlan.Model(file: "/models/out/resnet20-finetuned.onnx")
    return FinetuneOutcome(
      plan: plan, path: "/models/out/resnet20-finetuned.onnx", bytes: 1_091_000, ending: ending,
      start: ValidationPoint(epoch: 0, step: 0, loss: 1.6, accuracy: 0.5),
      best: ValidationPoint(epoch: 9, step: 144, loss: 0.3, accuracy: 0.862), seconds: 64,
      notices: [])
  }

  private static func isForm(_ overlay: Overlay) -> FinetuneForm? {
    if case .finetune(let form) = overlay { form } else { nil }
  }

  // The screens.

  @Test(arguments: [(80, 24), (120, 40)])
  func theForm(_ columns: Int, _ rows: Int) throws {
    var session = try Self.session(columns, rows)
    try session.type("T")
    try Snapshot.check(session.screen(), "finetune-form-\(columns)x\(rows)")
  }

  @Test(arguments: [(80, 24), (120, 40)])
  func theCurves(_ columns: Int, _ rows: Int) throws {
    var session = try Self.training(columns, rows)
    try Snapshot.check(session.screen(), "finetune-begins-\(columns)x\(rows)")
    for step in 0...200 { session.send(.finetuneProgress(number: 1, Self.progress(step))) }
    try Snapshot.check(session.screen(), "finetune-runs-\(columns)x\(rows)")
    try session.type("<Esc>")
    try Snapshot.check(session.screen(), "finetune-stops-\(columns)x\(rows)")
  }

  @Test func withoutLabelsTheLossIsDrawn() throws {
    var session = try Self.training(80, 24)
    for step in 0...300 {
      session.send(.finetuneProgress(number: 1, Self.progress(step, hasLabels: false)))
    }
    try Snapshot.check(session.screen(), "finetune-unlabeled-80x24")
    #expect(session.screen().text.contains("best loss 0.2"))
  }

  @Test(arguments: [(1, 1), (20, 5), (40, 10), (60, 12)])
  func smallScreens(_ columns: Int, _ rows: Int) throws {
    var session = try Self.session(columns, rows)
    try session.type("T")
    #expect(session.screen().text.split(separator: "\n").count <= rows)
    try session.type("<Enter>")
    for step in 0...30 { session.send(.finetuneProgress(number: 1, Self.progress(step))) }
    #expect(session.screen().text.split(separator: "\n").count <= rows)
  }

  // The form.

  @Test func aPlanThatChangesNothingHasNothingToWinBack() throws {
    var session = Session.open()
    try session.type("T")
    #expect(Self.isForm(session.state.overlay) == nil)
    #expect(session.state.shownNote?.text.contains("compress something first") == true)
    #expect(session.effects.isEmpty)
  }

  @Test func theFormBeginsWithTheTrainingDataNearby() throws {
    var session = try Self.session()
    try session.type("T")
    let form = try #require(Self.isForm(session.state.overlay))
    #expect(form.data.text == "~/data/cifar10_train2000.yaml")
    #expect(form.output.text == "~/models/out/resnet20-2.9x-finetuned.onnx")
    #expect(form.field == .start)
    session = Session.open()
    try session.type("70%T")
    #expect(Self.isForm(session.state.overlay)?.field == .data)
  }

  @Test func whatIsTypedIsAskedFor() throws {
    var session = try Self.session()
    // Around from the start button: cancel, then the fields in turn.
    try session.type("T<Tab><Tab><Tab><BS>2.5<Tab><BS>5<Tab><BS>7<Tab><Space><Tab><Space>")
    try session.type("<Tab><Space><Tab><Tab><Enter>")
    let plan = session.state.plan
    guard case .finetune(let request, let number)? = session.effects.last else {
      Issue.record("no training was asked for: \(session.screen().text)")
      return
    }
    #expect(number == 1)
    #expect(request.plan == plan)
    #expect(request.data == "~/data/cifar10_train2000.yaml")
    #expect(request.output == "~/models/out/resnet20-2.9x-finetuned.onnx")
    var settings = FinetuneSettings()
    settings.minutes = 2.5
    settings.optimizer = .sgd
    // Another optimizer brings its own learning rate along.
    settings.learningRate = settings.optimizer.standardLearningRate
    settings.distillation = 0.7
    settings.flips = true
    settings.learnsStep = true
    #expect(request.settings == settings)
    try settings.check()
    #expect(session.state.finetuning.isRunning)
    #expect(session.screen().text.contains("measuring the start"))
  }

  /// A field's place behind the button that starts, what is typed there, and what is told.
  @Test(arguments: [
    (3, "x", "minutes are a number above 0"),
    (3, "<BS>", "minutes are a number above 0"),
    (3, "<BS>0", "minutes are a number above 0"),
    (3, "<BS>-1", "minutes are a number above 0"),
    (3, "<BS>inf", "minutes are a number above 0"),
    (3, "<BS>nan", "minutes are a number above 0"),
    (4, "e", "the learning rate is a number above 0"),
    (4, "<C-u>-0.1", "the learning rate is a number above 0"),
    (4, "<C-u>1e999", "the learning rate is a number above 0"),
    (5, "<C-u>1.5", "the weight of distillation is 0 ... 1"),
    (5, "<C-u>half", "the weight of distillation is 0 ... 1"),
    (2, "<C-u>", "name the data to train on"),
    (9, "x", "the model that is written ends in .onnx"),
  ])
  func badNumbersAreTold(tabs: Int, keys: String, problem: String) throws {
    for (columns, rows) in [(80, 24), (120, 40)] {
      var session = try Self.session(columns, rows)
      try session.type("T" + String(repeating: "<Tab>", count: tabs) + keys)
      let here = try #require(Self.isForm(session.state.overlay)).field
      try session.type(String(repeating: "<S-Tab>", count: tabs) + "<Enter>")
      #expect(session.effects.isEmpty)
      #expect(!session.state.finetuning.isRunning)
      #expect(session.screen().text.contains(problem), "\(here)")
      // The next key takes the message away.
      try session.type("<Tab>")
      #expect(Self.isForm(session.state.overlay)?.problem == nil)
    }
  }

  @Test func theCursorStandsWhereSomethingIsWrong() throws {
    var session = try Self.session(80, 24)
    try session.type("T<Tab><Tab><Tab><BS>zero<Up><Up><Up><Enter>")
    #expect(Self.isForm(session.state.overlay)?.field == .minutes)
    try Snapshot.check(session.screen(), "finetune-problem-80x24")
  }

  @Test func theFormCloses() throws {
    for keys in ["T<Esc>", "T<Tab><Enter>", "T<Right><Space>", "T<Left><Enter>"] {
      var session = try Self.session()
      try session.type(keys)
      #expect(Self.isForm(session.state.overlay) == nil, "\(keys)")
      #expect(session.effects.isEmpty)
    }
  }

  // The run.

  @Test func theResultIsOneStep() throws {
    var session = try Self.training()
    let before = session.state.plan
    session.send(.finetuneProgress(number: 1, Self.progress(160)))
    session.send(.finetuneFinished(number: 1, Self.outcome(before)))
    #expect(!session.state.finetuning.isRunning)
    #expect(Self.isForm(session.state.overlay) == nil)
    #expect(session.state.plan.finetuned?.file == "/models/out/resnet20-finetuned.onnx")
    let said = try #require(session.state.shownNote).text
    #expect(said.contains("50.0 % -> 86.2 % on images set aside"))
    #expect(said.contains("wrote /models/out/resnet20-finetuned.onnx (1.09 MB)"))
    // It is measured as any other plan.
    guard case .evaluate(let plan, _, _)? = session.effects.last(where: \.isMeasurement) else {
      Issue.record("the trained network is not measured")
      return
    }
    #expect(plan == session.state.plan)
    try session.type("u")
    #expect(session.state.plan == before)
    try session.type("<C-r>")
    #expect(session.state.plan.finetuned != nil)
  }

  @Test func escapeKeepsTheBest() throws {
    var session = try Self.training()
    session.send(.finetuneProgress(number: 1, Self.progress(50)))
    try session.type("<Esc>")
    #expect(session.effects.last == .cancelFinetune)
    #expect(session.state.finetuning.isStopping && session.state.finetuning.isRunning)
    // Once is enough.
    let asked = session.effects.count
    try session.type("<Esc>")
    #expect(session.effects.count == asked)
    session.send(
      .finetuneFinished(number: 1, Self.outcome(session.state.plan, ending: .cancelled)))
    #expect(!session.state.finetuning.isRunning && !session.state.finetuning.isStopping)
    #expect(session.state.plan.finetuned != nil)
    #expect(session.state.shownNote?.text.contains("the best so far is taken") == true)
  }

  @Test func stoppedBeforeItBeganNothingChanges() throws {
    var session = try Self.training()
    let before = session.state.plan
    try session.type("<Esc>")
    session.send(.finetuneCancelled(number: 1))
    #expect(session.state.plan == before)
    #expect(!session.state.finetuning.isRunning)
    #expect(session.state.shownNote?.text.contains("the plan stays as it is") == true)
  }

  @Test func newsOfAnOlderRunAreIgnored() throws {
    var session = try Self.training()
    session.send(.finetuneCancelled(number: 1))
    try session.type("T<Enter>")
    #expect(session.state.finetuning.number == 2)
    let before = session.state.plan
    session.send(.finetuneProgress(number: 1, Self.progress(320)))
    #expect(session.state.finetuning.progress == nil)
    session.send(.finetuneFinished(number: 1, Self.outcome(before)))
    session.send(.finetuneCancelled(number: 1))
    session.send(
      .finetuneFailed(number: 1, EngineError(.notFinite, problem: "an older run's failure")))
    #expect(session.state.plan == before)
    #expect(session.state.finetuning.isRunning)
    #expect(!session.screen().text.contains("an older run's failure"))
    session.send(.finetuneProgress(number: 2, Self.progress(16)))
    #expect(session.state.finetuning.progress?.step == 16)
    // News after the end change nothing either.
    session.send(.finetuneFinished(number: 2, Self.outcome(before)))
    session.send(.finetuneProgress(number: 2, Self.progress(32)))
    #expect(session.state.finetuning.progress?.step == 16)
  }

  @Test(arguments: [(80, 24), (120, 40)])
  func aFailureBringsTheFormBack(_ columns: Int, _ rows: Int) throws {
    var session = try Self.training(columns, rows)
    let before = session.state.plan
    session.send(
      .finetuneFailed(
        number: 1,
        EngineError(
          .writeFailed, path: "/models/out/resnet20-finetuned.onnx", problem: "exists already",
          remedy: "Give another name")))
    #expect(!session.state.finetuning.isRunning)
    #expect(session.state.plan == before)
    let form = try #require(Self.isForm(session.state.overlay))
    #expect(form.data.text == "~/data/cifar10_train2000.yaml")
    #expect(form.problem?.contains("exists already") == true)
    try Snapshot.check(session.screen(), "finetune-failed-\(columns)x\(rows)")
  }

  @Test func trainingGoesOnBehind() throws {
    var session = try Self.training()
    session.send(.finetuneProgress(number: 1, Self.progress(120)))
    try session.type("<Enter>")
    #expect(Self.isForm(session.state.overlay) == nil)
    #expect(session.state.finetuning.isRunning)
    #expect(session.screen().text.contains("training 25%"))
    // The plan can be looked at and changed; T shows the run again.
    try session.type("jT")
    #expect(session.screen().text.contains("step 120 of 480"))
    #expect(session.effects.count { $0.isTraining } == 1)
    try session.type("<Enter>")
    session.send(
      .finetuneFailed(number: 1, EngineError(.notFinite, problem: "the loss is no number")))
    #expect(Self.isForm(session.state.overlay) == nil)
    #expect(session.state.shownNote?.text.contains("the loss is no number") == true)
  }

  @Test func longRunsKeepTheirWholeCurve() throws {
    var session = try Self.training()
    for step in 1...5000 { session.send(.finetuneProgress(number: 1, Self.progress(step))) }
    let losses = session.state.finetuning.losses
    #expect((500..<1024).contains(losses.count))
    // From the first steps to the last.
    #expect(try #require(losses.first) > 1)
    #expect(try #require(losses.last) < 0.3)
  }
}

extension Effect {
  fileprivate var isMeasurement: Bool { if case .evaluate = self { true } else { false } }
  fileprivate var isTraining: Bool { if case .finetune = self { true } else { false } }
}
