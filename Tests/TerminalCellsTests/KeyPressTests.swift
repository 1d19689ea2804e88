import TerminalCells
import Testing

@Suite struct KeyPressTests {
  @Test(
    arguments: [
      "j", "J", "%", "-", "C-r", "A-x", "C-A-x", "S-Left", "C-S-Right", "Esc", "Space", "C-Space",
      "F1", "F12", "PgDn", "S-Tab", "Enter", "Backspace", "é", "C--", "<",
    ])
  func namesAreReadBack(name: String) throws {
    let key = try #require(KeyPress(name: name))
    #expect(key.name == name)
  }

  @Test(
    arguments: [
      ("C-R", "C-r"), ("S-a", "A"), ("M-x", "A-x"), ("pagedown", "PgDn"), ("escape", "Esc"),
      ("s-left", "S-Left"), ("lt", "<"), ("gt", ">"), ("C-i", "Tab"), ("C-m", "Enter"),
      ("return", "Enter"), ("delete", "Del"), ("space", "Space"), (" ", "Space"),
    ])
  func otherSpellingsBecomeOne(spelling: String, name: String) {
    #expect(KeyPress(name: spelling)?.name == name)
  }

  @Test(arguments: ["", "X-r", "abc", "C-", "F13", "C-abc", "\n", "\u{1B}"])
  func otherTextsAreNoKeys(text: String) {
    #expect(KeyPress(name: text) == nil)
  }

  @Test func typedCharactersHaveNoModifiers() {
    #expect(KeyPress.character("a").typedCharacter == "a")
    #expect(KeyPress.character("a", .control).typedCharacter == nil)
    #expect(KeyPress.special(.enter).typedCharacter == nil)
  }

  @Test func scriptsMixCharactersAndNames() throws {
    let script = try KeyScript(parsing: "j10l:e x<Enter><C-r><S-Left><lt>\t")
    #expect(
      script.keys.map(\.name) == [
        "j", "1", "0", "l", ":", "e", "Space", "x", "Enter", "C-r", "S-Left", "<", "Tab",
      ])
    #expect(try KeyScript(parsing: "").keys.isEmpty)
  }

  @Test func scriptErrorsTellThePlace() throws {
    let unknown = #expect(throws: KeyScriptError.self) { try KeyScript(parsing: "jj<Nope>k") }
    #expect(unknown?.position == 2)
    #expect(unknown?.name == "<Nope>")
    let open = #expect(throws: KeyScriptError.self) { try KeyScript(parsing: "j<Enter") }
    #expect(open?.description.contains("character 2") == true)
  }
}
