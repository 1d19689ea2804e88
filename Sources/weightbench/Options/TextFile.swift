import Tensors

/// Reading of text files that are not plans.
enum TextFile {
  /// The largest text that is read, in bytes.
  private static let largest = 64 << 20

  /// The text of a file.
  ///
  /// - Throws: ``EngineError`` for a file that is missing, too long or not UTF-8.
  static func read(_ path: String) throws(EngineError) -> String {
    let file = try MappedFile(path: path)
    guard file.byteCount <= largest else {
      throw EngineError(
        .malformedFile, path: path, problem: "has \(file.byteCount) bytes, too many for a text",
        remedy: "Give a configuration file")
    }
    guard let text = file.withBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw EngineError(
        .malformedFile, path: path, problem: "is not text in UTF-8",
        remedy: "Give a configuration file")
    }
    return text
  }
}
