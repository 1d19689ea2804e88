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
  @Option(help: "onnx, onnx-qdq or safetensors (default: by the file's ending).")
  var format: String?
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
    if !overwrite, FileManager.default.fileExists(atPath: output) {
      throw EngineError(
        .writeFailed, path: output, problem: "exists already",
        remedy: "Give another name, or --overwrite")
    }
    let read = try CompressionPlan.read(path: plan)
    let samples = try data.open()
    let engine = try PreviewEngine(
      model: opened, data: samples, threads: model.threads.count, seed: data.seed,
      calibration: try calibration.samples(plan: read, path: plan, data: samples))
    let compressed = try await engine.compress(read)
    let bytes = try ModelExporter(model: opened, compressed: compressed).write(chosen, to: output)
    if json {
      Output.json(
        Report(
          file: output, format: chosen.rawValue, bytes: bytes, notices: compressed.notices))
    } else {
      for notice in compressed.notices { Output.note("note: \(notice)") }
      print("\(output)  \(chosen.rawValue)  \(bytes) bytes")
    }
  }
}
