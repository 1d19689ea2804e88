import Tensors

extension EngineError {
  /// The failure of a tool that can do nothing of what the plan asks for.
  static func nothingToWrite(for tool: String, _ notes: [String]) -> EngineError {
    EngineError(
      .unsupported, subject: tool,
      problem: notes.isEmpty
        ? "the plan leaves every layer alone" : "it can do nothing of this plan: \(notes[0])",
      remedy: notes.isEmpty ? "Give a plan that changes a layer" : "Choose another tool")
  }
}
