import ArgumentParser
import Evaluation
import Foundation
import Tensors

/// The model, and how it is opened and run.
struct ModelOptions: ParsableArguments {
  @Argument(help: "An .onnx model, or a .safetensors or .pth file.", completion: .file())
  var model: String

  @Flag(
    name: .customLong("keep-batchnorm"),
    help: "Do not fold batch normalization: masks and scales refer to the weights as stored.")
  var keepBatchNorm = false

  @OptionGroup var threads: ThreadOptions

  func open() throws -> OpenedModel {
    try OpenedModel(path: model, keepBatchNorm: keepBatchNorm)
  }
}

/// How many worker threads run.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Worker threads (default: all cores).")
  var threads: Int?

  /// The number to use.
  var count: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); give a number from 1 to 1024.")
    }
  }
}
