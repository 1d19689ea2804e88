/// One line of text being edited: a cursor, and scrolling to keep it in sight.
public struct TextField: Sendable, Hashable {
  /// The characters.
  public private(set) var characters: [Character]
  /// The cursor, between characters: 0 before the first.
  public private(set) var cursor: Int

  /// Makes a field with the cursor at the end.
  public init(_ text: String = "") {
    characters = text.compactMap { TextWidth.drawable($0) }
    cursor = characters.count
  }

  /// The text.
  public var text: String {
    get { String(characters) }
    set { self = TextField(newValue) }
  }

  /// Whether there is no text.
  public var isEmpty: Bool { characters.isEmpty }

  /// Puts characters in at the cursor; those that can't be drawn are left out.
  public mutating func insert(_ text: some StringProtocol) {
    let new = text.compactMap { TextWidth.drawable($0) }
    characters.insert(contentsOf: new, at: cursor)
    cursor += new.count
  }

  /// Edits by a key as shells do: arrows, Home, End, Backspace, Del, `C-a` `C-e` `C-b` `C-f`
  /// `C-h` `C-d` `C-w` `C-u` `C-k`, `A-b` `A-f`, and characters.
  ///
  /// - Returns: Whether the key was one of these.
  @discardableResult
  public mutating func handle(_ key: KeyPress) -> Bool {
    if let character = key.typedCharacter {
      insert(String(character))
      return true
    }
    switch key.name {
    case "Left", "C-b": cursor = max(0, cursor - 1)
    case "Right", "C-f": cursor = min(characters.count, cursor + 1)
    case "Home", "C-a": cursor = 0
    case "End", "C-e": cursor = characters.count
    case "C-Left", "A-Left", "A-b": cursor = wordStart
    case "C-Right", "A-Right", "A-f": cursor = wordEnd
    case "Backspace", "C-h", "S-Backspace": remove((cursor - 1)..<cursor)
    case "Del", "C-d": remove(cursor..<(cursor + 1))
    case "C-w", "A-Backspace": remove(wordStart..<cursor)
    case "C-u": remove(0..<cursor)
    case "C-k": remove(cursor..<characters.count)
    default: return false
    }
    return true
  }

  /// Draws the field into the first row of a rectangle and returns the column of the cursor.
  ///
  /// - Returns: The screen column where the cursor belongs; `nil` where there is no room.
  @discardableResult
  public func draw(
    in rect: Rect, of buffer: inout CellBuffer, style: Style = .plain, showsCursor: Bool = true
  ) -> Int? {
    guard !rect.isEmpty else { return nil }
    buffer.fill(rect.row(0), style: style)
    let widths = characters.map { TextWidth.cells(of: $0) }
    let before = widths[..<cursor].reduce(0, +)
    // One cell is kept for the cursor after the last character.
    var skipped = 0
    var first = 0
    while before - skipped > rect.width - 1, first < cursor {
      skipped += widths[first]
      first += 1
    }
    buffer.put(
      String(characters[first...]), x: rect.x, y: rect.y, style: style, maxWidth: rect.width)
    let column = rect.x + before - skipped
    if showsCursor {
      let under = cursor < characters.count ? max(1, widths[cursor]) : 1
      buffer.restyle(Rect(x: column, y: rect.y, width: under, height: 1).intersection(rect)) {
        $0.reverse.toggle()
      }
    }
    return column
  }

  private mutating func remove(_ range: Range<Int>) {
    let part = range.clamped(to: 0..<characters.count)
    guard !part.isEmpty else { return }
    characters.removeSubrange(part)
    if cursor > part.lowerBound { cursor = max(part.lowerBound, cursor - part.count) }
  }

  private var wordStart: Int {
    var place = cursor
    while place > 0, !characters[place - 1].isWordPart { place -= 1 }
    while place > 0, characters[place - 1].isWordPart { place -= 1 }
    return place
  }

  private var wordEnd: Int {
    var place = cursor
    while place < characters.count, !characters[place].isWordPart { place += 1 }
    while place < characters.count, characters[place].isWordPart { place += 1 }
    return place
  }
}

extension Character {
  fileprivate var isWordPart: Bool { isLetter || isNumber || self == "_" }
}
