import Evaluation
import ModelCompression
import Tensors
import TerminalCells
import Training

extension WorkbenchState {
  /// Why nothing can be trained; nil when it can.
  var finetuneObstacle: String? {
    if let reason = WorkbenchAction.needsLayers(self) ?? evaluationObstacle { return reason }
    return finetuning.isRunning || changesSomething
      ? nil : "compress something first: training wins back what a plan costs"
  }

  private var changesSomething: Bool {
    settings.contains { $0 != LayerSetting() } || plan.channels.map { !$0.isEmpty } == true
  }

  /// Opens the form, or how far training has come while a run is going on.
  mutating func openFinetuning() -> [Effect] {
    overlay = .finetune(
      FinetuneForm(
        data: data?.trainingPath ?? "",
        output: "\(folder == "." ? "" : "\(folder)/")\(suggestedName)-finetuned.onnx"))
    return []
  }

  /// Gives a key to the form or to the run that is going on.
  mutating func press(_ key: KeyPress, in form: FinetuneForm) -> [Effect] {
    if finetuning.isRunning { return pressInFinetuning(key) }
    var form = form
    form.problem = nil
    switch (key.name, form.field) {
    case ("Esc", _), ("Enter", .cancel), ("Space", .cancel):
      overlay = .none
      return []
    case ("Tab", _), ("Down", _): form.moveField(1)
    case ("S-Tab", _), ("Up", _): form.moveField(-1)
    case ("Enter", .start), ("Space", .start): return startFinetuning(form)
    case ("Enter", _): form.moveField(1)
    case ("Left", .start), ("Right", .start): form.field = .cancel
    case ("Left", .cancel), ("Right", .cancel): form.field = .start
    case ("Space", _), ("Left", _), ("Right", _): if !form.toggle() { form.type(key) }
    default: form.type(key)
    }
    overlay = .finetune(form)
    return []
  }

  private mutating func pressInFinetuning(_ key: KeyPress) -> [Effect] {
    switch key.name {
    case "Esc":
      guard !finetuning.isStopping else { return [] }
      finetuning.isStopping = true
      return [.cancelFinetune]
    case "Enter", "T", "q":
      overlay = .none
      say("training goes on; T shows it")
    default: break
    }
    return []
  }

  private mutating func startFinetuning(_ form: FinetuneForm) -> [Effect] {
    var form = form
    let path = form.data.text
    if path.isEmpty {
      form.problem = "name the data to train on: a .yaml description, .npz file or folder"
      form.field = .data
    } else if !form.output.text.hasSuffix(".onnx") {
      form.problem = "the model that is written ends in .onnx"
      form.field = .output
    }
    guard form.problem == nil, let settings = form.settings() else {
      overlay = .finetune(form)
      return []
    }
    finetuning = FinetuneState(number: finetuning.number + 1)
    overlay = .finetune(form)
    return [
      .finetune(
        FinetuneRequest(plan: plan, data: path, output: form.output.text, settings: settings),
        number: finetuning.number)
    ]
  }

  /// Takes what training answered.
  mutating func takeFinetuning(_ message: Message) -> [Effect] {
    switch message {
    case .finetuneProgress(let number, let progress):
      guard number == finetuning.number, finetuning.isRunning else { return [] }
      finetuning.take(progress)
    case .finetuneCancelled(let number):
      guard number == finetuning.number else { return [] }
      endFinetuning()
      say("training stopped before it began; the plan stays as it is")
    case .finetuneFailed(let number, let error):
      guard number == finetuning.number else { return [] }
      endFinetuning(problem: error.description)
      say("training: \(error.description)", .error)
    case .finetuneFinished(let number, let outcome):
      guard number == finetuning.number else { return [] }
      endFinetuning()
      for notice in outcome.notices { say("training: \(notice)") }
      say("\(report(outcome)); u undoes")
      return take(outcome.plan, label: "finetuned weights")
    default: break
    }
    return []
  }

  /// Closes the curves; after a failure the form comes back with what was typed, so that it can be mended.
  private mutating func endFinetuning(problem: String? = nil) {
    finetuning.isRunning = false
    finetuning.isStopping = false
    guard case .finetune(var form) = overlay else { return }
    form.problem = problem
    overlay = problem == nil ? .none : .finetune(form)
  }

  private func report(_ outcome: FinetuneOutcome) -> String {
    var text =
      switch outcome.ending {
      case .finished: "trained"
      case .noProgress: "trained until nothing helped"
      case .timeLimit: "trained until the time was up"
      case .cancelled: "training stopped: the best so far is taken"
      case .diverged: "the loss grew beyond numbers: the best before is taken"
      }
    if let start = outcome.start?.accuracy, let best = outcome.best?.accuracy {
      text += ", \(Figures.fixed(start * 100, 1)) % -> \(Figures.fixed(best * 100, 1)) % "
      text += "on images set aside"
    }
    return text + "; wrote \(outcome.path) (\(Figures.bytes(outcome.bytes)))"
  }
}
