import TerminalCells
import Testing

@Suite struct ThemeTests {
  /// Sixteen colours from black to white with coloured accents, one per line.
  static let palette: [String] = [
    "101418", "1c2228", "2a323a", "4a5560", "8a98a6", "d0d8e0", "e4eaf0", "f8fafc",
    "f07078", "e8a060", "e8d070", "80c880", "60c0c0", "70b0f0", "c090e8", "b07858",
  ]

  static func lines(indent: String, quote: String = "\"", count: Int = 16) -> String {
    palette.prefix(count).enumerated().map { index, color in
      let digit = String(index, radix: 16, uppercase: true)
      return "\(indent)base0\(digit): \(quote)\(color)\(quote)"
    }.joined(separator: "\n")
  }

  static let modern = """
    system: "base16"
    name: "Évening Tide"
    author: "A. Author (https://example.org)"
    variant: "dark"
    palette:
    \(lines(indent: "  "))
    """

  @Test func theCommonFormIsRead() throws {
    let theme = try Theme(yaml: Self.modern)
    #expect(theme.name == "Évening Tide")
    #expect(theme.slug == "evening-tide")
    #expect(theme.author == "A. Author (https://example.org)")
    #expect(theme.variant == .dark)
    #expect(theme.palette?[0x0D] == RGBColor(hex: "70b0f0"))
    #expect(theme.warnings.isEmpty)
  }

  @Test func theLegacyFormIsRead() throws {
    let theme = try Theme(
      yaml: "scheme: \"Old Pier\"\nauthor: \"B\"\n\(Self.lines(indent: ""))\n")
    #expect(theme.name == "Old Pier" && theme.slug == "old-pier")
    #expect(theme.palette?[5] == RGBColor(hex: "d0d8e0"))
    #expect(theme.variant == .dark)
  }

  @Test func colorsMayHaveHashesOrNoQuotes() throws {
    let hashes = Self.modern.replacing("\"", with: "'").replacing("base00: '", with: "base00: '#")
    #expect(try Theme(yaml: hashes).palette?[0] == RGBColor(hex: "101418"))
    let bare = "name: X\npalette:\n\(Self.lines(indent: "  ", quote: ""))"
    #expect(try Theme(yaml: bare).palette?[0] == RGBColor(hex: "101418"))
  }

  @Test func base24FillsItsBrightColours() throws {
    let sixteen = try #require(try Theme(yaml: Self.modern).palette)
    #expect(sixteen.count == 24)
    #expect(sixteen[0x10] == sixteen[0x00] && sixteen[0x11] == sixteen[0x00])
    #expect(sixteen[0x12] == sixteen[0x08] && sixteen[0x13] == sixteen[0x0A])
    #expect(sixteen[0x14] == sixteen[0x0B] && sixteen[0x15] == sixteen[0x0C])
    #expect(sixteen[0x16] == sixteen[0x0D] && sixteen[0x17] == sixteen[0x0E])
    let more = Self.modern + "\n  base12: \"ff0000\"\n  base17: \"00ff00\""
    let both = try #require(try Theme(yaml: more).palette)
    #expect(both[0x12] == RGBColor(255, 0, 0) && both[0x17] == RGBColor(0, 255, 0))
  }

  @Test func ourBlockSetsSlots() throws {
    let theme = try Theme(
      yaml: Self.modern + """

        weightbench:
          heatmap: "cividis"
          slots:
            screen.background: "terminal"
            loss: "base0F on base01 bold underline"
            histogram: "112233"
            border.focused: "ansi12"
        """)
    #expect(theme.heatmap == .cividis)
    let direct = StyleSheet(theme: theme, depth: .direct)
    #expect(direct[.screenBackground].background == .terminal)
    #expect(direct[.text].background == .terminal)
    #expect(
      direct[.loss]
        == Style(
          foreground: .rgb(0xB0, 0x78, 0x58), background: .rgb(0x1C, 0x22, 0x28), bold: true,
          underline: true))
    // A group's style stands for its members.
    #expect(direct[.histogramBefore].foreground == .rgb(0x11, 0x22, 0x33))
    #expect(StyleSheet(theme: theme, depth: .ansi16)[.borderFocused].foreground == .ansi(12))
    #expect(StyleSheet(theme: theme, depth: .ansi16)[.loss].foreground == .ansi(1))
  }

  @Test func missingSlotsFallBack() throws {
    let theme = try Theme(yaml: Self.modern)
    let sheet = StyleSheet(theme: theme, depth: .direct)
    #expect(sheet[.text].foreground == .rgb(0xD0, 0xD8, 0xE0))
    #expect(sheet[.text].background == .rgb(0x10, 0x14, 0x18))
    #expect(sheet[.gain].background == sheet[.screenBackground].background)
    #expect(StyleSheet(theme: theme, depth: .ansi16)[.gain].foreground == .ansi(10))
    #expect(StyleSheet(theme: theme, depth: .ansi8)[.gain].foreground == .ansi(2))
    #expect(StyleSheet(theme: theme, depth: .ansi8)[.gain].bold)
  }

  @Test func lightThemesAskForWhiteAtSixteenColours() throws {
    let light = Self.modern.replacing("variant: \"dark\"", with: "variant: \"light\"")
    let sheet = StyleSheet(theme: try Theme(yaml: light), depth: .ansi16)
    #expect(sheet[.text].background == .ansi(15))
    #expect(sheet[.text].foreground == .ansi(0))
  }

  @Test func withoutColoursAttributesTellTheSlotsApart() throws {
    for theme in [Theme.terminal, try Theme(yaml: Self.modern)] {
      let sheet = StyleSheet(theme: theme, depth: .mono)
      #expect(sheet[.selection].reverse && sheet[.error].bold && sheet[.valueChanged].underline)
      for slot in ThemeSlot.allCases {
        #expect(sheet[slot].foreground == .terminal && sheet[slot].background == .terminal)
      }
    }
  }

  @Test func ownRampsAreRead() throws {
    let theme = try Theme(
      yaml: Self.modern + "\nweightbench:\n  heatmap: [\"000000\", \"808080\", \"ffffff\"]\n")
    #expect(theme.heatmap.values.count == 3)
  }

  @Test func defaultsGoRoundColoursThatCannotBeRead() throws {
    let decorated = Self.modern.replacing("base04: \"8a98a6\"", with: "base04: \"222830\"")
      .replacing("base06: \"e4eaf0\"", with: "base06: \"3a4450\"")
    let theme = try Theme(yaml: decorated)
    #expect(theme.warnings.isEmpty)
    let sheet = StyleSheet(theme: theme, depth: .direct)
    #expect(sheet[.textMuted].foreground == sheet[.text].foreground)
    #expect(sheet[.selection].foreground == sheet[.text].foreground)
    // What the theme says itself stays and is warned of.
    let own = decorated + "\nweightbench:\n  slots:\n    selection: \"base06 on base02\"\n"
    #expect(try Theme(yaml: own).warnings.contains { $0.contains("'selection'") })
  }

  @Test func hardToReadSlotsAreNamed() throws {
    let faint = Self.modern.replacing("base05: \"d0d8e0\"", with: "base05: \"303840\"")
    let warnings = try Theme(yaml: faint).warnings
    #expect(warnings.contains { $0.contains("'text'") && $0.contains("4.5") })
    #expect(warnings.contains { $0.contains("'hint'") })
  }

  @Test func unknownSlotsWarnWithTheirLine() throws {
    let yaml = Self.modern + "\nweightbench:\n  colour: x\n  slots:\n    textt: \"base05\"\n"
    let theme = try Theme(yaml: yaml, path: "tide.yaml")
    #expect(theme.warnings.count == 2)
    #expect(theme.warnings.contains { $0.hasPrefix("tide.yaml:25:5: there is no slot 'textt'") })
  }

  @Test func terminalThemesNeedNoPalette() throws {
    let theme = try Theme(yaml: "name: Own\nweightbench:\n  slots:\n    key: \"ansi3 bold\"\n")
    #expect(theme.palette == nil && theme.variant == nil)
    let sheet = StyleSheet(theme: theme, depth: .indexed256)
    #expect(sheet[.key] == Style(foreground: .ansi(3), bold: true))
    #expect(sheet[.text] == .plain)
  }
}
