/// Keys written as one text, such as `jj10l:export<Enter>`.
///
/// Plain characters are themselves; others stand in angle brackets by name: `<C-r>`, `<Esc>`,
/// `<S-Left>`, `<Space>`, and `<lt>` for the bracket itself.
public struct KeyScript: Sendable, Hashable {
  /// The key presses in order.
  public let keys: [KeyPress]

  /// Reads a script; an unknown name or an open bracket is an error.
  public init(parsing text: String) throws(KeyScriptError) {
    var keys: [KeyPress] = []
    var rest = Substring(text)
    var position = 0
    while let character = rest.first {
      guard character == "<" else {
        let key: KeyPress.Key =
          character.isNewline
          ? .special(.enter) : character == "\t" ? .special(.tab) : .character(character)
        keys.append(KeyPress(key))
        rest = rest.dropFirst()
        position += 1
        continue
      }
      guard let end = rest.firstIndex(of: ">") else {
        throw KeyScriptError(
          name: String(rest), position: position, problem: "has no closing '>'")
      }
      let name = String(rest[rest.index(after: rest.startIndex)..<end])
      guard let key = KeyPress(name: name) else {
        throw KeyScriptError(name: "<\(name)>", position: position, problem: "is no key")
      }
      keys.append(key)
      position += name.count + 2
      rest = rest[rest.index(after: end)...]
    }
    self.keys = keys
  }
}
