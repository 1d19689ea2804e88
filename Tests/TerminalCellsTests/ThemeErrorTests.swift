import TerminalCells
import Testing

@Suite struct ThemeErrorTests {
  private func error(_ yaml: String) -> ThemeError? {
    #expect(throws: ThemeError.self) { try Theme(yaml: yaml, path: "a.yaml") }
  }

  @Test func badColoursHaveTheirPlace() {
    let bad = error(ThemeTests.modern.replacing("\"2a323a\"", with: "\"2a323\""))
    #expect(bad?.line == 8 && bad?.column == 11)
    #expect(bad?.description.hasPrefix("a.yaml:8:11: 'base02' is '2a323' and no colour") == true)
    // Without quotes a hash begins a comment.
    let comment = error(ThemeTests.modern.replacing("\"2a323a\"", with: "#2a323a"))
    #expect(comment?.line == 8)
    #expect(comment?.remedy?.contains("quotes") == true)
  }

  @Test func missingColoursAreListed() {
    let few = error("name: x\npalette:\n\(ThemeTests.lines(indent: "  ", count: 14))")
    #expect(few?.problem == "the palette lacks base0E, base0F")
    #expect(error("name: x\nauthor: y\n")?.problem.hasPrefix("the palette lacks base00") == true)
  }

  @Test(arguments: ["", "\n\n", "just text", "- a\n- b", "42"])
  func otherFilesAreNoThemes(yaml: String) {
    #expect(error(yaml)?.path == "a.yaml")
  }

  @Test func brokenYAMLHasItsPlace() {
    let broken = error("name: x\npalette: {base00: \"000000\"\nauthor: y\n")
    #expect(broken?.line != nil && broken?.column != nil)
    #expect(broken?.remedy?.contains("YAML") == true)
    #expect(error("name: \"x\n")?.line != nil)
    #expect(error("name: a\nname: b\n")?.problem.contains("name") == true)
    #expect(error("a: \u{0}b")?.path == "a.yaml")
  }

  @Test(
    arguments: [
      ("weightbench: 4", 22, 14), ("weightbench:\n  slots: 4", 23, 10),
      ("weightbench:\n  slots:\n    loss: \"bsae08\"", 24, 11),
      ("weightbench:\n  slots:\n    loss: \"base08 on\"", 24, 11),
      ("weightbench:\n  slots:\n    loss: \"base18\"", 24, 11),
      ("weightbench:\n  slots:\n    loss: [base08]", 24, 11),
      ("weightbench:\n  heatmap: jet", 23, 12),
      ("weightbench:\n  heatmap: [\"000000\", \"ffffff\"]", 23, 12),
      ("weightbench:\n  heatmap: [\"000000\", \"ffffff\", x]", 23, 33),
    ])
  func ownBlockErrorsHaveTheirPlace(block: String, line: Int, column: Int) {
    let found = error(ThemeTests.modern + "\n" + block)
    #expect(found?.line == line)
    #expect(found?.column == column)
  }

  @Test func variantsAndPalettesAreChecked() {
    let variant = error(ThemeTests.modern.replacing("\"dark\"", with: "\"dusk\""))
    #expect(variant?.line == 4 && variant?.remedy?.contains("dark or light") == true)
    #expect(error("name: x\npalette: 3\nbase00: \"000000\"")?.line == 2)
    let none = error("name: x\nweightbench:\n  slots:\n    loss: \"base08\"\n")
    #expect(none?.problem.contains("palette") == true)
  }

  @Test func missingFilesAreTold() {
    let missing = #expect(throws: ThemeError.self) { try Theme(path: "/nonexistent/x.yaml") }
    #expect(missing?.path == "/nonexistent/x.yaml" && missing?.remedy != nil)
    #expect(throws: ThemeError.self) { try Theme(path: "/") }
  }
}
