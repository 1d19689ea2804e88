import ArgumentParser
import Evaluation
import Foundation
import ModelCompression
import Tensors

/// Writes the compressed model.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Write the model compressed by a plan, and print its bytes.")

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var calibration: CalibrationOptions
  @Option(help: "The compression plan (YAML or JSON).", completion: .file()) var plan: String
  @Option(help: "The file to write.") var output: String
  @Option(
    help: """
      The format (default: by the file's ending): \
      \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")). The ct- formats are those of \
      compressed-tensors and write config.json beside the file.
      """) var format: String?
  @Flag(help: "Replace the file if it exists.") var overwrite = false
  @Flag(help: "Print one JSON object.") var json = false

  /// The content of `--json`.
  struct Report: Encodable {
    var file: String
    var format: String
    var bytes: Int
    var notices: [String]
  }

  func run() async throws {
    let opened = try model.open()
    let chosen = try ExportFormat.choose(name: format, path: output)
    for path in [output] + chosen.companions(of: output)
    where !overwrite && FileManager.default.fileExists(atPath: path) {
      throw EngineError(
        .writeFailed, path: path, problem: "exists already",
        remedy: "Give another name, or --overwrite")
    }
    let read = try CompressionPlan.read(path: plan)
    let samples = try data.open()
    let engine = try PreviewEngine(
      model: opened, data: samples, threads: model.threads.count, seed: data.seed,
      calibration: try calibration.samples(plan: read, path: plan, data: samples))
    let compressed = try await engine.compress(read)
    let exporter = ModelExporter(model: opened, compressed: compressed)
    let bytes = try exporter.write(chosen, to: output)
    let notices = compressed.notices + exporter.notices(chosen)
    if json {
      Output.json(
        Report(
          file: output, format: chosen.rawValue, bytes: bytes, notices: notices))
    } else {
      for notice in notices { Output.note("note: \(notice)") }
      print("\(output)  \(chosen.rawValue)  \(bytes) bytes")
    }
  }
}
