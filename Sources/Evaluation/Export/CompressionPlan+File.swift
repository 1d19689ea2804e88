import Foundation
import ModelCompression
import ModelFormats
import Tensors

extension CompressionPlan {
  /// The largest plan file that is read, in bytes.
  private static let largestFile = 64 << 20

  /// Reads a plan from a YAML or JSON file.
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
    return try CompressionPlan(text: text, path: path)
  }

  /// Writes the plan as YAML, or as JSON when the name ends so; returns the bytes.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed`; an existing file is untouched then.
  @discardableResult
  public func write(to path: String) throws(EngineError) -> Int {
    let content = Array(text(path.hasSuffix(".json") ? .json : .yaml).utf8)
    return try AtomicFile.write(to: path) { file throws(EngineError) in try file.append(content) }
  }
}
