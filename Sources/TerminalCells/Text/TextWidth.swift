/// How many terminal cells text takes, and what of it may be drawn.
///
/// Names of layers and files are untrusted: control characters and bidirectional overrides become
/// `?`, and a grapheme is cut to what every terminal draws alike, one base with its combining
/// marks. Emoji joined from several are shown as their first.
public enum TextWidth {
  /// What stands for a character that can't be drawn.
  public static let replacement: Character = "?"

  /// The cells a code point takes: 0 for combining marks and format characters, 2 for wide ones.
  public static func cells(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value == 0xAD ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    // Vowels and final consonants of conjoining Hangul stand on the consonant before them.
    if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) {
      return 0
    }
    return WideRanges.contains(scalar.value) ? 2 : 1
  }

  /// The cells a character takes once made drawable: 0, 1 or 2.
  public static func cells(of character: Character) -> Int {
    drawable(character).map { drawnCells(of: $0) } ?? 0
  }

  /// The cells a text takes.
  public static func cells(of text: some StringProtocol) -> Int {
    var sum = 0
    for character in text { sum += cells(of: character) }
    return sum
  }

  /// The longest beginning of a text that fits into a number of cells.
  public static func prefix(of text: some StringProtocol, fitting width: Int) -> String {
    var result = ""
    var used = 0
    for character in text {
      guard let safe = drawable(character) else { continue }
      let taken = drawnCells(of: safe)
      if used + taken > width { break }
      result.append(safe)
      used += taken
    }
    return result
  }

  /// The text cut to a number of cells, with `...` at its end where something is missing.
  ///
  /// Three dots and no ellipsis character, whose width is ambiguous.
  public static func truncated(_ text: some StringProtocol, to width: Int) -> String {
    guard cells(of: text) > width else { return prefix(of: text, fitting: width) }
    guard width > 3 else { return prefix(of: text, fitting: width) }
    return prefix(of: text, fitting: width - 3) + "..."
  }

  /// The text cut at its start to a number of cells, with `...` where something is missing.
  ///
  /// For layer names and paths, whose ends tell more than their beginnings.
  public static func truncatedAtStart(_ text: some StringProtocol, to width: Int) -> String {
    guard cells(of: text) > width else { return prefix(of: text, fitting: width) }
    guard width > 3 else { return prefix(of: text, fitting: width) }
    var kept: [Character] = []
    var used = 3
    for character in text.reversed() {
      guard let safe = drawable(character) else { continue }
      let taken = drawnCells(of: safe)
      if used + taken > width { break }
      kept.append(safe)
      used += taken
    }
    return "..." + String(kept.reversed())
  }

  /// The text padded with spaces, or cut, to exactly a number of cells.
  public static func padded(
    _ text: some StringProtocol, to width: Int, alignment: TextAlignment = .leading
  ) -> String {
    let cut = prefix(of: text, fitting: width)
    let missing = max(0, width - cells(of: cut))
    let before =
      switch alignment {
      case .leading: 0
      case .trailing: missing
      case .center: missing / 2
      }
    return String(repeating: " ", count: before) + cut
      + String(repeating: " ", count: missing - before)
  }

  /// What is drawn for a character; `nil` where nothing is.
  public static func drawable(_ character: Character) -> Character? {
    if let ascii = character.asciiValue {
      // A carriage return with line feed is one character; its value is that of the line feed.
      if ascii == 0x09 { return " " }
      return ascii < 0x20 || ascii == 0x7F ? replacement : character
    }
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return nil }
    if isForbidden(first) { return replacement }
    if cells(of: first) == 0 { return nil }
    guard scalars.count > 1 else { return character }
    var kept = String.UnicodeScalarView()
    kept.append(first)
    for scalar in scalars.dropFirst() {
      // Joiners and variation selectors are dropped: terminals disagree about their widths.
      guard cells(of: scalar) == 0, kept.count < 5 else { break }
      let isSelector = (0xFE00...0xFE0F).contains(scalar.value)
      if scalar.properties.generalCategory != .format && !isSelector { kept.append(scalar) }
    }
    return Character(String(kept))
  }

  static func drawnCells(of character: Character) -> Int {
    if character.utf8.count == 1 { return 1 }
    return character.unicodeScalars.first.map { cells(of: $0) } ?? 0
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C: true
    default:
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse:
        true
      default: false
      }
    }
  }
}
