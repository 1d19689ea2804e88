import NetworkGraph
import Tensors

/// Another tool that a plan can be written for: one file a tool, one line in ``RecipeRegistry``.
///
/// Writing is a pure function of what the plan does to each layer. What the tool can't express is told
/// in ``Recipe/notes``, by layer; nothing is dropped in silence.
public protocol RecipeTarget: Sendable {
  /// The name on the command line, such as `llm-compressor`.
  var name: String { get }
  /// What the file is, in one line.
  var summary: String { get }
  /// The file ending, without a dot.
  var fileExtension: String { get }
  /// Whether the recipe holds numbers of the compressed weights (scales, zero points).
  var needsCompressedWeights: Bool { get }
  /// The recipe.
  ///
  /// - Throws: ``EngineError`` when there is nothing that the tool could do.
  func recipe(for request: RecipeRequest) throws(EngineError) -> Recipe
}

/// A tool whose files can be read back as a plan.
public protocol ImportableRecipe: RecipeTarget {
  /// The plan that a file of the tool states.
  ///
  /// - Parameters:
  ///   - text: The file's text.
  ///   - path: The file's path, for messages.
  ///   - layers: The layers of the model the plan is for, to match names of weights; may be empty.
  /// - Throws: ``EngineError`` with code `invalidPlan` that names line, column and what to do. What is
  ///   understood but has no place in a plan is told in ``ImportedPlan/notes``.
  func plan(
    from text: String, path: String?, layers: [CompressibleLayer]
  ) throws(EngineError) -> ImportedPlan
}
