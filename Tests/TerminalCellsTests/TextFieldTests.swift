import TerminalCells
import Testing

@Suite struct TextFieldTests {
  private func edited(_ text: String, _ keys: String) throws -> TextField {
    var field = TextField(text)
    for key in try KeyScript(parsing: keys).keys { field.handle(key) }
    return field
  }

  @Test(
    arguments: [
      ("", "abc", "abc", 3), ("abc", "<Left>X", "abXc", 3), ("abc", "<Home><Del>", "bc", 0),
      ("abc", "<Backspace><Backspace>", "a", 1), ("one two", "<C-w>", "one ", 4),
      ("one two", "<Home><C-k>", "", 0), ("one two", "<Left><C-u>", "o", 0),
      ("layer3.conv2", "<A-b>X", "layer3.Xconv2", 8), ("a b", "<C-a><A-f>X", "aX b", 2),
      ("abc", "<Right><Right>d", "abcd", 4), ("", "<Backspace><Del><C-w><C-k>", "", 0),
      ("e\u{301}a", "<Left><Backspace>", "a", 0), ("漢字", "<Backspace>", "漢", 1),
    ])
  func keysEdit(start: String, keys: String, text: String, cursor: Int) throws {
    let field = try edited(start, keys)
    #expect(field.text == text)
    #expect(field.cursor == cursor)
  }

  @Test func otherKeysAreLeftToTheCaller() {
    var field = TextField("a")
    let keys: [KeyPress] = [
      .special(.enter), .special(.escape), .character("x", .alt), .character(" "),
    ]
    let taken = keys.map { field.handle($0) }
    #expect(taken == [false, false, false, true])
    #expect(field.text == "a ")
  }

  @Test func pastedTextIsMadeDrawable() {
    var field = TextField()
    field.insert("a\u{1B}[2Jb\u{202E}")
    #expect(field.text == "a?[2Jb?")
  }

  @Test func theCursorStaysInSight() {
    var buffer = CellBuffer(width: 5, height: 1)
    var field = TextField("abcdefgh")
    #expect(field.draw(in: buffer.bounds, of: &buffer) == 4)
    #expect(buffer.text == "efgh")
    #expect(buffer[4, 0].style.reverse)
    field.handle(.special(.home))
    #expect(field.draw(in: buffer.bounds, of: &buffer) == 0)
    #expect(buffer.text == "abcde")
    #expect(buffer[0, 0].style.reverse)
  }

  @Test(arguments: [(0, 0), (1, 1), (2, 1)])
  func smallestFields(width: Int, height: Int) {
    var buffer = CellBuffer(width: width, height: height)
    let column = TextField("漢字").draw(in: buffer.bounds, of: &buffer)
    #expect(column == (width == 0 ? nil : 0))
    #expect(buffer.text.isEmpty)
  }
}
