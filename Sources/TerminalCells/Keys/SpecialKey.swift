/// A key without a character; the raw value is its name in key lists and scripts.
public enum SpecialKey: String, Sendable, Hashable, CaseIterable {
  /// Arrow up.
  case up = "Up"
  /// Arrow down.
  case down = "Down"
  /// Arrow left.
  case left = "Left"
  /// Arrow right.
  case right = "Right"
  /// To the start.
  case home = "Home"
  /// To the end.
  case end = "End"
  /// A page up.
  case pageUp = "PgUp"
  /// A page down.
  case pageDown = "PgDn"
  /// Return or enter.
  case enter = "Enter"
  /// Escape.
  case escape = "Esc"
  /// Tabulator.
  case tab = "Tab"
  /// Delete to the left.
  case backspace = "Backspace"
  /// Delete to the right.
  case delete = "Del"
  /// Insert.
  case insert = "Ins"
  /// Function key 1.
  case f1 = "F1"
  /// Function key 2.
  case f2 = "F2"
  /// Function key 3.
  case f3 = "F3"
  /// Function key 4.
  case f4 = "F4"
  /// Function key 5.
  case f5 = "F5"
  /// Function key 6.
  case f6 = "F6"
  /// Function key 7.
  case f7 = "F7"
  /// Function key 8.
  case f8 = "F8"
  /// Function key 9.
  case f9 = "F9"
  /// Function key 10.
  case f10 = "F10"
  /// Function key 11.
  case f11 = "F11"
  /// Function key 12.
  case f12 = "F12"

  /// Other accepted spellings, in lower case.
  static let aliases: [String: SpecialKey] = [
    "pageup": .pageUp, "pagedown": .pageDown, "return": .enter, "cr": .enter,
    "escape": .escape, "delete": .delete, "insert": .insert, "bs": .backspace,
  ]

  /// Reads a key's name in any case.
  init?(name: String) {
    let lower = name.lowercased()
    guard
      let key = SpecialKey.aliases[lower]
        ?? SpecialKey.allCases.first(where: { $0.rawValue.lowercased() == lower })
    else { return nil }
    self = key
  }
}
