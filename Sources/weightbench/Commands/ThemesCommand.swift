import ArgumentParser
import TerminalCells

/// Lists the themes that were found.
struct ThemesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "themes", abstract: "List the themes and where they were found.")

  @Flag(help: "Print one JSON object.") var json = false

  /// The content of `--json`.
  struct Report: Encodable {
    struct Row: Encodable {
      var slug: String
      var name: String
      var variant: String?
    }
    var themes: [Row]
    var problems: [String]
  }

  func run() throws {
    let library = BundledFiles.themes()
    let report = Report(
      themes: library.themes.map {
        Report.Row(slug: $0.slug, name: $0.name, variant: $0.variant?.rawValue)
      }, problems: library.problems.map { "\($0)" })
    if json {
      Output.json(report)
      return
    }
    let width = report.themes.map(\.slug.count).max() ?? 0
    for theme in report.themes {
      let pad = String(repeating: " ", count: width - theme.slug.count)
      print("\(theme.slug)\(pad)  \(theme.name)  \(theme.variant ?? "")")
    }
    for problem in report.problems { Output.note("weightbench: \(problem)") }
  }
}
