import ArgumentParser
import Datasets
import Evaluation
import Tensors

/// The evaluation data.
struct DataOptions: ParsableArguments {
  @Option(
    help: "Evaluation data: a .yaml description, .npz, IDX or CIFAR file, or a folder of images.",
    completion: .file())
  var data: String?

  @Option(help: "Use the first N samples only, in file order.")
  var limit: Int?

  @Option(help: "Seed of the order in which samples are evaluated.")
  var seed = 0

  func validate() throws {
    if let limit, limit < 1 {
      throw ValidationError("--limit is \(limit); give a number of samples from 1 on.")
    }
  }

  /// The data; nil when none is given.
  func open() throws -> EvaluationData? { try data.map { try open($0) } }

  /// The data at a path, which need not be the one given.
  func open(_ path: String) throws -> EvaluationData {
    try EvaluationData.open(path: path, limit: limit)
  }

  /// The data, which this command can't do without.
  func openRequired() throws -> EvaluationData {
    guard let opened = try open() else {
      throw ValidationError("--data is missing: give the data to evaluate on.")
    }
    return opened
  }
}
