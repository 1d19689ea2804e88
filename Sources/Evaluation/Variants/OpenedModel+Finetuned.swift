import ModelCompression
import NetworkGraph
import Tensors

extension OpenedModel {
  /// The graph of a finetuned file, which takes this model's place.
  ///
  /// - Throws: ``EngineError`` when the file is missing, is not the one that the plan was made for, or has
  ///   other layers or inputs than this model.
  func finetunedGraph(_ file: CompressionPlan.Model) throws(EngineError) -> NetworkGraph {
    guard let path = file.file else {
      throw EngineError(
        .invalidPlan, subject: "finetuned", problem: "names no file",
        remedy: "Write finetuned: {file: NAME.onnx}, as finetuning does")
    }
    let opened = try OpenedModel(path: path, keepBatchNorm: true)
    if let expected = file.sha256 {
      let found = try opened.sha256()
      guard found == expected.lowercased() else {
        throw EngineError(
          .invalidPlan, path: path, subject: "finetuned",
          problem: "its sha256 is \(found.prefix(12))..., the plan was made for "
            + "\(expected.prefix(12))...",
          remedy: "Give the file that training wrote, or remove 'sha256' from 'finetuned'")
      }
    }
    let made = try opened.runnableGraph()
    let names = Set(opened.layers.map(\.name))
    if let missing = layers.first(where: { !names.contains($0.name) }) {
      throw EngineError(
        .invalidPlan, path: path, subject: "finetuned",
        problem: "has no layer '\(missing.name)', which \(name) has",
        remedy: "Give a file that was finetuned from this model")
    }
    guard made.runtimeInputs.map(\.name) == graph?.runtimeInputs.map(\.name) else {
      throw EngineError(
        .invalidPlan, path: path, subject: "finetuned", problem: "has other inputs than \(name)",
        remedy: "Give a file that was finetuned from this model")
    }
    guard made.outputs.map(\.name) == graph?.outputs.map(\.name) else {
      throw EngineError(
        .invalidPlan, path: path, subject: "finetuned", problem: "has other outputs than \(name)",
        remedy: "Give a file that was finetuned from this model")
    }
    return made
  }
}
