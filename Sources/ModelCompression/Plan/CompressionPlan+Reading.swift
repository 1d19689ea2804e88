import Tensors

extension CompressionPlan {
  /// Reads a plan from YAML or JSON.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan` that names line and column of what is unknown,
  ///   out of range, or not supported by this version.
  public init(text: String, path: String? = nil) throws(EngineError) {
    self = try PlanReader(source: PlanSource(text: text, path: path)).plan()
  }

  /// Reads a plan file.
  ///
  /// - Throws: ``EngineError`` with code `missingFile` or `invalidPlan`.
  public init(contentsOf path: String) throws(EngineError) {
    let file = try MappedFile(path: path)
    guard file.byteCount <= PlanSource.largestText else {
      throw EngineError(
        .invalidPlan, path: path, problem: "is \(file.byteCount) bytes long: too long for a plan",
        remedy: "Give the path of a plan file")
    }
    guard let text = file.withBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw EngineError(
        .invalidPlan, path: path, problem: "is not UTF-8 text",
        remedy: "Give the path of a plan file")
    }
    try self.init(text: text, path: path)
  }
}
