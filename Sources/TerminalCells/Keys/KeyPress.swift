/// A key press, with a name such as `j`, `C-r`, `S-Left`, `Esc` or `Space`.
public struct KeyPress: Sendable, Hashable, CustomStringConvertible {
  /// What was pressed.
  public enum Key: Sendable, Hashable {
    /// A key with a character, the space bar included.
    case character(Character)
    /// A key without one.
    case special(SpecialKey)
  }

  /// The key.
  public let key: Key
  /// What was held down with it.
  public let modifiers: KeyModifiers

  /// Makes a key press in the one form that compares equal.
  ///
  /// Shift with a letter becomes its capital, and control with a letter its small form, since
  /// terminals send no difference. `C-i`, `C-m` and `C-[` are Tab, Enter and Esc there.
  public init(_ key: Key, modifiers: KeyModifiers = []) {
    var key = key
    var modifiers = modifiers
    if case .character(let character) = key {
      if modifiers.contains(.control) {
        key = .character(Character.lowered(character))
        modifiers.remove(.shift)
      } else if modifiers.contains(.shift) {
        key = .character(Character.raised(character))
        modifiers.remove(.shift)
      }
      let same: [Character: SpecialKey] = ["i": .tab, "m": .enter, "[": .escape]
      if modifiers.contains(.control), case .character(let letter) = key,
        let special = same[letter]
      {
        key = .special(special)
        modifiers.remove(.control)
      }
    }
    self.key = key
    self.modifiers = modifiers
  }

  /// A key with a character.
  public static func character(_ character: Character, _ modifiers: KeyModifiers = []) -> KeyPress {
    KeyPress(.character(character), modifiers: modifiers)
  }

  /// A key without a character.
  public static func special(_ key: SpecialKey, _ modifiers: KeyModifiers = []) -> KeyPress {
    KeyPress(.special(key), modifiers: modifiers)
  }

  /// Reads a name: a character, or a special key, after any of `C-`, `A-` (or `M-`) and `S-`.
  public init?(name: String) {
    var rest = Substring(name)
    var modifiers: KeyModifiers = []
    while rest.count > 2, rest.dropFirst().first == "-" {
      switch rest.first {
      case "C", "c": modifiers.insert(.control)
      case "A", "a", "M", "m": modifiers.insert(.alt)
      case "S", "s": modifiers.insert(.shift)
      default: return nil
      }
      rest = rest.dropFirst(2)
    }
    if rest.count == 1, let character = rest.first, TextWidth.drawable(character) == character {
      self.init(.character(character), modifiers: modifiers)
    } else if let named = KeyPress.namedCharacters[rest.lowercased()] {
      self.init(.character(named), modifiers: modifiers)
    } else if let special = SpecialKey(name: String(rest)) {
      self.init(.special(special), modifiers: modifiers)
    } else {
      return nil
    }
  }

  /// The name, read back by ``init(name:)``.
  public var name: String {
    var text = ""
    if modifiers.contains(.control) { text += "C-" }
    if modifiers.contains(.alt) { text += "A-" }
    if modifiers.contains(.shift) { text += "S-" }
    switch key {
    case .character(" "): text += "Space"
    case .character(let character): text.append(character)
    case .special(let special): text += special.rawValue
    }
    return text
  }

  /// The name.
  public var description: String { name }

  /// The character, if it was typed without control or alt: what text fields take.
  public var typedCharacter: Character? {
    guard case .character(let character) = key, modifiers.isEmpty else { return nil }
    return character
  }

  private static let namedCharacters: [String: Character] = [
    "space": " ", "lt": "<", "gt": ">",
  ]
}

extension Character {
  fileprivate static func lowered(_ character: Character) -> Character {
    let text = character.lowercased()
    return text.count == 1 ? text.first ?? character : character
  }

  fileprivate static func raised(_ character: Character) -> Character {
    let text = character.uppercased()
    return text.count == 1 ? text.first ?? character : character
  }
}
