import ArgumentParser
import Evaluation
import ModelCompression
import Tensors

/// Opens an exported file again and proves that it is what the plan promised.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove an exported file: its bytes, its zeros and its predictions.")

  @Argument(help: "The exported file.", completion: .file()) var file: String
  @Option(help: "The model it was made from.", completion: .file()) var model: String
  @Option(help: "The plan it was made by.", completion: .file()) var plan: String
  @Flag(
    name: .customLong("keep-batchnorm"),
    help: "The file was made with --keep-batchnorm.") var keepBatchNorm = false
  @OptionGroup var data: DataOptions
  @OptionGroup var calibration: CalibrationOptions
  @OptionGroup var threads: ThreadOptions
  @Flag(help: "Print one JSON object.") var json = false

  /// The content of `--json`.
  struct Report: Encodable {
    var proven: Bool
    var bytes: Int
    var expectedBytes: Int
    var layers: Int
    var exactLayers: Int
    var constants: Int
    var exactConstants: Int
    var zeros: Int
    var zerosKept: Int
    var samples: Int
    var samePredictions: Int
    var largestDifference: Double
  }

  func run() async throws {
    let opened = try OpenedModel(path: model, keepBatchNorm: keepBatchNorm)
    let read = try CompressionPlan.read(path: plan)
    let samples = try data.open()
    let engine = try PreviewEngine(
      model: opened, data: samples, threads: threads.count, seed: data.seed,
      calibration: try calibration.samples(plan: read, path: plan, data: samples))
    let compressed = try await engine.compress(read)
    var proof = try ExportVerification(path: file, model: opened, compressed: compressed)
    try await proof.compareOutputs(
      path: file, engine: engine, compressed: compressed, threads: threads.count)
    if json {
      Output.json(
        Report(
          proven: proof.isProven, bytes: proof.bytes, expectedBytes: proof.expectedBytes,
          layers: proof.layers, exactLayers: proof.exactLayers, constants: proof.constants,
          exactConstants: proof.exactConstants, zeros: proof.zeros,
          zerosKept: proof.zerosKept, samples: proof.samples,
          samePredictions: proof.samePredictions, largestDifference: proof.largestDifference))
    } else {
      print("bytes        \(proof.bytes), previewed \(proof.expectedBytes)")
      print("weights      \(proof.exactLayers) of \(proof.layers) layers equal bit for bit")
      if proof.constants > 0 {
        print(
          "repaired     \(proof.exactConstants) of \(proof.constants) constants equal bit for bit")
      }
      print("zeros kept   \(proof.zerosKept) of \(proof.zeros)")
      if proof.samples > 0 {
        print(
          "predictions  \(proof.samePredictions) of \(proof.samples) equal, "
            + "largest relative difference \(proof.largestDifference)")
      }
      print(proof.isProven ? "proven" : "NOT proven")
    }
    guard proof.isProven else { throw ExitCode(1) }
  }
}
