/// What is wrong with a key script, and where.
public struct KeyScriptError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The text that is no key.
  public let name: String
  /// Its place, in characters from the start.
  public let position: Int
  /// What is wrong with it.
  public let problem: String

  /// The whole text, with a remedy.
  public var description: String {
    "keys, character \(position + 1): '\(name)' \(problem). "
      + "Write special keys as <Enter>, <Esc>, <C-r>, <S-Left>, and '<' as <lt>."
  }
}
