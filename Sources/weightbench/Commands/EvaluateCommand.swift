import ArgumentParser
import Datasets
import Evaluation
import ModelCompression
import Tensors

/// Measures a model, and a plan against it on the same samples.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a model's accuracy, and a plan's against it, paired.")

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var calibration: CalibrationOptions
  @Option(help: "The compression plan (YAML or JSON).", completion: .file()) var plan: String?
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var boxes: DetectionOptions
  @Option(help: "Show a progress bar: never, auto or always.") var progress: ProgressMode = .auto
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let opened = try model.open()
    let samples = try data.openRequired()
    let read = try plan.map { path in try CompressionPlan.read(path: path) }
    let engine = try PreviewEngine(
      model: opened, data: samples, threads: model.threads.count, seed: data.seed,
      memoryBudget: memory.memory?.bytes,
      calibration: try calibration.samples(plan: read, path: plan, data: samples))
    let compressed = try await read.asyncMap { try await engine.compress($0) }
    let line = ProgressLine(progress)
    let metrics = try await engine.evaluate(compressed, precision: precision.precision ?? .exact) {
      partial in
      line.show(
        Double(partial.images) / Double(max(partial.total, 1)),
        "\(partial.images) of \(partial.total)")
    }
    line.clear()
    try await boxes.write(engine, compressed)
    let size = try compressed.map { try engine.size(of: $0) }
    var report = EvaluationReport(metrics, plan: compressed, size: size)
    report.coverage = try await boxes.coverage(
      engine, compressed, threads: model.threads.count
    ).map(CoverageReport.init)
    var notes = samples.notes
    if metrics.sqnr.isNaN {
      notes.append(
        "outputs hold NaN or infinite numbers, of which no figure can be made: look for them in the data"
      )
    }
    if !notes.isEmpty { report.notices = notes + (report.notices ?? []) }
    if json {
      Output.json(report)
    } else {
      print(report.text)
    }
  }
}

extension Optional {
  /// `map` with an asynchronous transformation.
  func asyncMap<T>(_ transform: (Wrapped) async throws -> T) async rethrows -> T? {
    switch self {
    case .some(let value): try await transform(value)
    case .none: nil
    }
  }
}
