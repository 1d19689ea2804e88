import TerminalCells

/// Text broken into lines at spaces.
enum Wrapping {
  /// The lines of `text` in `width` cells; a word that is longer is broken.
  static func lines(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      var word = String(word)
      if !line.isEmpty, TextWidth.cells(of: line) + 1 + TextWidth.cells(of: word) <= width {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while TextWidth.cells(of: word) > width {
        let part = TextWidth.prefix(of: word, fitting: width)
        guard !part.isEmpty else { break }
        lines.append(part)
        word = String(word.dropFirst(part.count))
      }
      line = word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}
