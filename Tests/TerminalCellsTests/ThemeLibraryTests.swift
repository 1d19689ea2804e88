import Foundation
import TerminalCells
import TestSupport
import Testing

@Suite struct ThemeLibraryTests {
  private let shipped = ThemeLibrary(folders: [SharedAssets.root.appending(path: "themes").path])

  @Test func allShippedThemesLoadWithoutWarnings() {
    #expect(shipped.problems == [])
    #expect(
      shipped.themes.map(\.slug) == [
        "terminal", "harbour-dark", "harbour-light", "high-contrast", "mono",
      ])
    for theme in shipped.themes { #expect(theme.warnings == []) }
  }

  @Test func shippedTextsHaveContrast() throws {
    let faint: Set<ThemeSlot> = [.screenBackground, .border, .progressTrack]
    for theme in shipped.themes where theme.palette != nil {
      let sheet = StyleSheet(theme: theme, depth: .direct)
      for slot in ThemeSlot.allCases where !faint.contains(slot) {
        let text = try #require(sheet[slot].foreground.value)
        let below = try #require(sheet[slot].background.value)
        let needed = theme.slug == "high-contrast" ? 7 : 4.5
        #expect(text.contrast(with: below) >= needed, "\(theme.slug) \(slot)")
      }
    }
  }

  /// The file gives the same styles as the theme that is there without files.
  @Test func theTerminalThemeIsTheBuiltInOne() throws {
    let theme = try shipped.theme(named: "terminal")
    for depth in ColorDepth.allCases {
      let file = StyleSheet(theme: theme, depth: depth)
      let builtIn = StyleSheet(theme: .terminal, depth: depth)
      for slot in ThemeSlot.allCases { #expect(file[slot] == builtIn[slot], "\(slot) \(depth)") }
    }
  }

  @Test func monoHasNoColoursAtAnyDepth() throws {
    let sheet = StyleSheet(theme: try shipped.theme(named: "Mono"), depth: .direct)
    for slot in ThemeSlot.allCases {
      #expect(sheet[slot].foreground == .terminal && sheet[slot].background == .terminal)
    }
    #expect(sheet.heatmap.colors(at: .direct).isEmpty)
  }

  @Test func unknownNamesListTheKnown() {
    let error = #expect(throws: ThemeError.self) { try shipped.theme(named: "harbor") }
    #expect(error?.remedy?.contains("harbour-dark") == true)
  }

  @Test func usersThemesReplaceAndBrokenOnesAreTold() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "themes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try ThemeTests.modern.replacing("Évening Tide", with: "Mono")
      .write(to: folder.appending(path: "b.yml"), atomically: true, encoding: .utf8)
    try "name: [".write(to: folder.appending(path: "a.yaml"), atomically: true, encoding: .utf8)
    try Data([0xFF, 0xFE, 0x00]).write(to: folder.appending(path: "c.yaml"))
    try "not read".write(to: folder.appending(path: "d.txt"), atomically: true, encoding: .utf8)
    let themes = SharedAssets.root.appending(path: "themes").path
    let library = ThemeLibrary(folders: ["/nonexistent", themes, folder.path])
    #expect(library.themes.count == 5)
    #expect(try library.theme(named: "mono").palette != nil)
    #expect(library.problems.map { $0.path?.suffix(6) } == ["a.yaml", "c.yaml"])
    let path = folder.appending(path: "b.yml").path
    #expect(try library.theme(named: path).name == "Mono")
  }

  @Test func foldersComeFromTheEnvironment() {
    let both = ["XDG_CONFIG_HOME": "/c", "HOME": "/h"]
    #expect(ThemeLibrary.userFolder(environment: both) == "/c/weightbench/themes")
    let relative = ["XDG_CONFIG_HOME": "c", "HOME": "/h"]
    #expect(ThemeLibrary.userFolder(environment: relative) == "/h/.config/weightbench/themes")
    #expect(ThemeLibrary.userFolder(environment: [:]) == nil)
    let program = SharedAssets.root.appending(path: ".build/debug/weightbench").path
    let expected = SharedAssets.root.appending(path: "themes").standardizedFileURL.path
    #expect(ThemeLibrary.bundledFolder(executablePath: program) == expected)
    #expect(ThemeLibrary.bundledFolder(executablePath: "/nonexistent/weightbench") == nil)
  }
}
