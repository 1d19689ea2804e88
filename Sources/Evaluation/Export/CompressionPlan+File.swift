import Foundation
import ModelCompression
import ModelFormats
import Tensors

extension CompressionPlan {
  /// The largest plan file that is read, in bytes.
  private static let largestFile = 64 << 20

  /// Reads a plan from a YAML or JSON file; a finetuned file is looked for beside it.
  ///
  /// - Throws: ``EngineError`` naming file, line and column.
  public static func read(path: String) throws(EngineError) -> CompressionPlan {
    let file = try MappedFile(path: path)
    guard file.byteCount <= largestFile else {
      throw EngineError(
        .invalidPlan, path: path, problem: "has \(file.byteCount) bytes, too many for a plan",
        remedy: "Give a plan file (YAML or JSON)")
    }
    guard let text = file.withBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw EngineError(
        .invalidPlan, path: path, problem: "is not text in UTF-8",
        remedy: "Give a plan file (YAML or JSON)")
    }
    var plan = try CompressionPlan(text: text, path: path)
    if let name = plan.finetuned?.file, !name.hasPrefix("/") {
      let beside = URL(filePath: path).deletingLastPathComponent().appending(path: name)
      plan.finetuned?.file = beside.standardizedFileURL.path
    }
    return plan
  }

  /// Writes the plan as YAML, or as JSON when the name ends so; returns the bytes.
  ///
  /// A finetuned file beside it is named without its folder, so that both can be moved together.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`; an existing file is untouched then.
  @discardableResult
  public func write(to path: String) throws(EngineError) -> Int {
    var plan = self
    if let name = finetuned?.file {
      let file = URL(filePath: name).standardizedFileURL
      let folder = URL(filePath: path).standardizedFileURL.deletingLastPathComponent()
      plan.finetuned?.file =
        file.deletingLastPathComponent() == folder ? file.lastPathComponent : file.path
    }
    let content = Array(plan.text(path.hasSuffix(".json") ? .json : .yaml).utf8)
    return try AtomicFile.write(to: path) { file throws(EngineError) in try file.append(content) }
  }
}
