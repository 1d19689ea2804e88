import TerminalCells
import Testing

@Suite struct TextWidthTests {
  @Test(
    arguments: [
      ("", 0), ("a", 1), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("ｱ", 1), ("Ａ", 2), ("한글", 4),
      ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("👩‍🚀", 2), ("❤️", 1), ("→▁█░·", 5), ("⣿", 1),
      ("\u{200B}", 0), ("\u{FEFF}a", 1), ("\u{301}", 0), ("\u{AD}", 0), ("〈", 2), ("🇫🇷", 1),
      ("ﷺ", 1), ("Ω", 1), ("\u{20000}", 2), ("\t", 1),
    ])
  func widths(text: String, cells: Int) {
    #expect(TextWidth.cells(of: text) == cells)
  }

  @Test(
    arguments: [
      ("\u{1B}[31mred", "?[31mred"), ("a\nb", "a?b"), ("a\r\nb", "a?b"), ("a\tb", "a b"),
      ("\u{202E}abc", "?abc"), ("a\u{2066}b\u{2069}", "a?b?"), ("\u{7F}", "?"), ("\u{85}x", "?x"),
      ("\u{9B}31m", "?31m"), ("a\u{200F}b", "a?b"), ("x\u{0}y", "x?y"), ("\u{2028}", "?"),
      ("👩‍🚀", "👩"), ("e\u{301}", "e\u{301}"), ("\u{200D}a", "a"), ("\u{E000}", "?"),
    ])
  func untrustedTextIsMadeDrawable(text: String, expected: String) {
    var buffer = CellBuffer(width: 12, height: 1)
    let used = buffer.put(text, x: 0, y: 0)
    #expect(buffer.text == expected)
    #expect(used == TextWidth.cells(of: text))
  }

  @Test func oneGraphemeHoldsFewMarks() {
    let tower = "a" + String(repeating: "\u{301}", count: 500)
    #expect(TextWidth.prefix(of: tower, fitting: 1).unicodeScalars.count == 5)
  }

  @Test func textsAreCutByCells() {
    #expect(TextWidth.prefix(of: "漢字", fitting: 3) == "漢")
    #expect(TextWidth.prefix(of: "abc", fitting: 0) == "")
    #expect(TextWidth.prefix(of: "abc", fitting: -1) == "")
    #expect(TextWidth.truncated("layer3.0.conv2", to: 9) == "layer3...")
    #expect(TextWidth.truncated("layer", to: 5) == "layer")
    #expect(TextWidth.truncated("layer", to: 3) == "lay")
    #expect(TextWidth.truncatedAtStart("layer3.0.conv2", to: 9) == "....conv2")
    #expect(TextWidth.truncatedAtStart("layer", to: 9) == "layer")
    #expect(TextWidth.truncatedAtStart("漢字漢字", to: 6) == "...字")
  }

  @Test func textsArePaddedByCells() {
    #expect(TextWidth.padded("漢", to: 4) == "漢  ")
    #expect(TextWidth.padded("7", to: 3, alignment: .trailing) == "  7")
    #expect(TextWidth.padded("7", to: 4, alignment: .center) == " 7  ")
    #expect(TextWidth.padded("漢字", to: 3) == "漢 ")
  }
}
