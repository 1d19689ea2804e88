import ArgumentParser
import Evaluation
import Foundation
import ModelCompression
import Tensors
import Training

/// Trains back what a plan costs.
struct FinetuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Train back the accuracy that a plan costs; the result is a model with its plan.",
    discussion: """
      Zeros stay zero, and weights run as the plan's own quantizer makes them while they are trained, \
      so that the plan written beside the new model gives exactly the network that was trained. With \
      labels the loss is cross-entropy and distillation from the float model, without labels \
      distillation alone. Part of --data is set aside to judge by; the best network is kept. Ctrl-C \
      ends the training and writes the best so far; with --checkpoint the same command takes up a run \
      that was ended or killed.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var calibration: CalibrationOptions
  @OptionGroup var training: FinetuneOptions
  @Option(help: "The compression plan (YAML or JSON).", completion: .file()) var plan: String
  @Option(help: "The model to write (.onnx).") var output: String
  @Option(
    name: .customLong("output-plan"),
    help: "The plan to write for it (default: the model's name with .plan.yaml).")
  var outputPlan: String?
  @Option(help: "A file from which the run is taken up again when it was ended or killed.")
  var checkpoint: String?
  @Flag(help: "Replace the files if they exist.") var overwrite = false
  @Option(help: "Show a progress bar: never, auto or always.") var progress: ProgressMode = .auto
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard output.hasSuffix(".onnx") else {
      throw ValidationError("--output '\(output)' must end in .onnx: the result is a graph.")
    }
    do {
      try training.settings(seed: data.seed).check()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() async throws {
    let planOutput = outputPlan ?? RecoveredModel.planPath(for: output)
    try FinetuneFiles(
      model: model.model, plan: plan, output: output, planOutput: planOutput,
      checkpoint: checkpoint
    ).check(overwrites: overwrite)
    let opened = try model.open()
    let read = try CompressionPlan.read(path: plan)
    if read.model?.sha256 != nil { try read.check(modelSHA256: opened.sha256()) }
    let samples = try data.openRequired()
    let engine = try PreviewEngine(
      model: opened, data: samples, threads: model.threads.count, seed: data.seed,
      calibration: try calibration.samples(plan: read, path: plan, data: samples))
    let finetuner = try Finetuner(
      engine: engine, plan: read, settings: training.settings(seed: data.seed),
      threads: model.threads.count, checkpoint: checkpoint)
    let line = ProgressLine(progress)
    defer { line.clear() }
    let result = try await Interruption.cancelling {
      try await finetuner.run { line.show($0.fraction, Self.text($0)) }
    }
    line.clear()
    let bytes = try result.recovered.write(model: output, plan: planOutput)
    let report = FinetuneReport(
      result, model: output, plan: planOutput, bytes: bytes,
      keepsBatchNorm: model.keepBatchNorm)
    if json {
      Output.json(report)
    } else {
      for notice in report.notices { Output.note("note: \(notice)") }
      print(report.text)
    }
    if result.ending == .cancelled { throw ExitCode(130) }
  }

  private static func text(_ progress: FinetuneProgress) -> String {
    var text = "epoch \(progress.epoch) of \(progress.epochs)"
    if let loss = progress.loss { text += String(format: "  loss %.4f", loss) }
    if let last = progress.history.last, let accuracy = last.accuracy {
      text += "  validation \(Output.percent(accuracy))"
    }
    if let best = progress.best?.accuracy { text += ", best \(Output.percent(best))" }
    if let left = progress.secondsLeft { text += "  \(Output.duration(left)) left" }
    return text
  }
}
