import NcursesTerminal
import TerminalCells
import Testing

@Suite struct TerminalChoiceTests {
  private func capabilities(_ colors: Int, isDirect: Bool = false, isUTF8: Bool = true)
    -> Capabilities
  {
    Capabilities(colors: colors, pairs: colors * colors, isDirect: isDirect, isUTF8: isUTF8)
  }

  @Test(
    arguments: [
      (0, ColorDepth.mono), (8, .ansi8), (16, .ansi16), (88, .ansi16), (256, .indexed256),
      (32_768, .indexed256),
    ])
  func theTerminalTellsTheDepth(colors: Int, depth: ColorDepth) {
    #expect(
      TerminalChoice.depth(
        requested: nil, capabilities: capabilities(colors), environment: [:]) == depth)
  }

  @Test func noMoreThanThereIs() {
    let few = capabilities(8)
    #expect(
      TerminalChoice.depth(requested: .direct, capabilities: few, environment: [:]) == .ansi8)
    let direct = capabilities(1 << 24, isDirect: true)
    #expect(
      TerminalChoice.depth(requested: nil, capabilities: direct, environment: [:]) == .direct)
    #expect(
      TerminalChoice.depth(requested: .ansi16, capabilities: direct, environment: [:]) == .ansi16)
  }

  @Test func noColorCountsWhenNotEmptyAndNotOverridden() {
    let many = capabilities(256)
    func depth(_ requested: ColorDepth?, _ value: String) -> ColorDepth {
      TerminalChoice.depth(
        requested: requested, capabilities: many, environment: ["NO_COLOR": value])
    }
    #expect(depth(nil, "1") == .mono)
    #expect(depth(nil, "") == .indexed256)
    #expect(depth(.indexed256, "1") == .indexed256)
  }

  @Test func glyphsFollowLocaleAndConsole() {
    func glyphs(_ requested: Glyphs?, utf8: Bool, term: String) -> Glyphs {
      TerminalChoice.glyphs(
        requested: requested, capabilities: capabilities(8, isUTF8: utf8),
        environment: ["TERM": term])
    }
    #expect(glyphs(nil, utf8: true, term: "xterm") == .blocks)
    #expect(glyphs(nil, utf8: false, term: "xterm") == .ascii)
    #expect(glyphs(.braille, utf8: false, term: "xterm") == .ascii)
    #expect(glyphs(nil, utf8: true, term: "linux") == .ascii)
    #expect(glyphs(.braille, utf8: true, term: "linux") == .braille)
  }
}
