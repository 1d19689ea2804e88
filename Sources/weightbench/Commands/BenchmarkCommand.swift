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
      Without a model it takes the bundled sample. Comparisons with ONNX Runtime, OpenVINO and \
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
  @Option(help: "Measure this only: evaluate or edits.") var only: Task?
  @Option(help: "How often each figure is measured.") var rounds = 5
  @Option(help: "Show a progress bar: never, auto or always.") var progress: ProgressMode = .auto
  @Flag(help: "Print one JSON object.") var json = false

  /// What is measured.
  enum Task: String, ExpressibleByArgument, CaseIterable { case evaluate, edits }

  func validate() throws {
    guard (1...1000).contains(rounds) else {
      throw ValidationError("--rounds is \(rounds); give a number from 1 to 1000.")
    }
  }

  func run() async throws {
    let source = try BundledFiles.source(model: model, data: data.data)
    guard let path = source.data else {
      throw ValidationError("--data is missing: give the data to evaluate on.")
    }
    let opened = try OpenedModel(path: source.model, keepBatchNorm: keepBatchNorm)
    let samples = try data.open(path)
    let benchmark = BenchmarkRun(
      model: opened, data: samples, threads: threads.count, seed: data.seed,
      precision: precision.precision ?? .exact, rounds: rounds)
    var report = BenchmarkReport(
      machine: Machine.here, threads: threads.count,
      model: URL(filePath: source.model).lastPathComponent, samples: samples.count,
      precision: (precision.precision ?? .exact).rawValue)
    let line = ProgressLine(progress)
    if only != .edits {
      report.add(
        evaluations: try await benchmark.evaluations { round in
          line.show(Double(round) / Double(rounds), "full evaluations")
        })
    }
    if only != .evaluate {
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
}
