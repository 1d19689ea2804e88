import ArgumentParser
import Evaluation
import Foundation
import Tensors

/// Measures how fast this machine measures.
struct BenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measure full evaluations and single edits on this machine.",
    discussion: """
      Without a model it takes the bundled sample. With --against it times one run of the model and of \
      an exported one, in turns, in this program's own executor. Comparisons with ONNX Runtime, OpenVINO and \
      PyTorch in the same run are made by Benchmarks/run in the source.
      """)

  @Argument(help: "An .onnx model (default: the bundled sample).", completion: .file())
  var model: String?
  @OptionGroup var data: DataOptions
  @Flag(
    name: .customLong("keep-batchnorm"), help: "Do not fold batch normalization.")
  var keepBatchNorm = false
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var memory: MemoryOptions
  @Option(
    help: "Measure this only: evaluate, edits or train (training steps; not measured otherwise).")
  var only: Task?
  @Option(help: "How often each figure is measured (default: 5; with --against 50).")
  var rounds: Int?
  @Option(
    help: ArgumentHelp(
      "Compare the latency of this exported .onnx with the model's.",
      discussion: "weightbench benchmark resnet20.onnx --against compressed.onnx --batch 1"),
    completion: .file())
  var against: String?
  @Option(help: "Samples of a run, with --against.") var batch = 1
  @Option(help: "Show a progress bar: never, auto or always.") var progress: ProgressMode = .auto
  @Flag(help: "Print one JSON object.") var json = false

  /// What is measured.
  enum Task: String, ExpressibleByArgument, CaseIterable { case evaluate, edits, train }

  func validate() throws {
    guard (1...1000).contains(rounds ?? 1) else {
      throw ValidationError("--rounds is \(rounds ?? 0); give a number from 1 to 1000.")
    }
    guard (1...4096).contains(batch) else {
      throw ValidationError("--batch is \(batch); give a number from 1 to 4096.")
    }
    if memory.memory != nil, only != .train {
      throw ValidationError("--memory belongs to --only train.")
    }
    if against != nil, only != nil || precision.precision != nil || data.data != nil {
      throw ValidationError("--against takes no --data, --only and --precision.")
    }
  }

  func run() async throws {
    let source = try BundledFiles.source(model: model, data: data.data)
    if let against {
      try compare(source.model, with: against)
      return
    }
    guard let path = source.data else {
      throw ValidationError("--data is missing: give the data to evaluate on.")
    }
    let opened = try OpenedModel(path: source.model, keepBatchNorm: keepBatchNorm)
    let samples = try data.open(path)
    let benchmark = BenchmarkRun(
      model: opened, data: samples, threads: threads.count, seed: data.seed,
      precision: precision.precision ?? .exact, rounds: rounds ?? 5)
    var report = BenchmarkReport(
      machine: Machine.here, threads: threads.count,
      model: URL(filePath: source.model).lastPathComponent, samples: samples.count,
      precision: (precision.precision ?? .exact).rawValue)
    let line = ProgressLine(progress)
    if only == .train {
      report.train = try await TrainingBenchmark(
        model: opened, data: samples, threads: threads.count,
        byteLimit: (memory.memory ?? .standard).bytes / 2 / threads.count
      ).run(rounds: rounds ?? 5, batch: 128) { round in
        line.show(Double(round) / Double(rounds ?? 5), "training steps")
      }
    }
    if only != .edits, only != .train {
      report.add(
        evaluations: try await benchmark.evaluations { round in
          line.show(Double(round) / Double(rounds ?? 5), "full evaluations")
        })
    }
    if only != .evaluate, only != .train {
      var done = 0
      report.add(
        edits: try await benchmark.edits { layer in
          line.show(Double(done) / Double(opened.layers.count), layer)
          done += 1
        })
    }
    line.clear()
    report.measured = benchmark.measuredPrecisions
    if json {
      Output.json(report)
    } else {
      print(report.text)
    }
  }

  /// Times the model and an exported one in turns.
  private func compare(_ model: String, with exported: String) throws {
    let count = rounds ?? 50
    let comparison = LatencyComparison(
      original: try OpenedModel(path: model, keepBatchNorm: keepBatchNorm),
      exported: try OpenedModel(path: exported, keepBatchNorm: keepBatchNorm), batch: batch,
      rounds: count)
    let line = ProgressLine(progress)
    let report = try comparison.run { round in
      line.show(Double(round) / Double(count), "both models in turns")
    }
    line.clear()
    if json {
      Output.json(report)
    } else {
      print(report.text)
    }
  }
}
