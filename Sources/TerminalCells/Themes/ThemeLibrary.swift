import Foundation

/// The themes there are: the built-in one, those shipped, and the user's own.
public struct ThemeLibrary: Sendable {
  /// The themes by name; the built-in one first.
  public let themes: [Theme]
  /// The files that could not be read, for the message list.
  public let problems: [ThemeError]

  /// Reads the `.yaml` and `.yml` files of folders; those that don't exist are passed over.
  ///
  /// A theme replaces those of the same slug in folders before.
  public init(folders: [String]) {
    var found: [String: Theme] = [Theme.terminal.slug: .terminal]
    var problems: [ThemeError] = []
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        do throws(ThemeError) {
          let theme = try Theme(path: "\(folder)/\(name)")
          found[theme.slug] = theme
        } catch {
          problems.append(error)
        }
      }
    }
    let first = Theme.terminal.slug
    themes = found.values.sorted {
      ($0.slug == first ? 0 : 1, $0.name, $0.slug) < ($1.slug == first ? 0 : 1, $1.name, $1.slug)
    }
    self.problems = problems
  }

  /// The theme of a slug or name; a text with a slash is the path of a file.
  public func theme(named name: String) throws(ThemeError) -> Theme {
    if name.contains("/") { return try Theme(path: name) }
    if let theme = themes.first(where: { $0.slug == name || $0.name == name }) { return theme }
    let known = themes.map(\.slug).joined(separator: ", ")
    throw ThemeError(
      problem: "there is no theme '\(name)'",
      remedy: "There are \(known); a path with a slash names a file")
  }

  /// The folder of the user's themes, from `XDG_CONFIG_HOME` (if absolute) or `HOME`.
  public static func userFolder(environment: [String: String]) -> String? {
    if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
      return "\(base)/weightbench/themes"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.config/weightbench/themes"
  }

  /// The folder of the shipped themes, as found from the place of the program.
  ///
  /// Installed, it is `../share/weightbench/themes`; in a build folder, the `themes` beside the
  /// package's manifest further up.
  public static func bundledFolder(executablePath: String) -> String? {
    let manager = FileManager.default
    var folder = URL(fileURLWithPath: executablePath).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    let installed = folder.appendingPathComponent("../share/weightbench/themes").standardized
    if manager.fileExists(atPath: installed.path) { return installed.path }
    for _ in 0..<6 {
      let themes = folder.appendingPathComponent("themes")
      let manifest = folder.appendingPathComponent("Package.swift")
      if manager.fileExists(atPath: manifest.path), manager.fileExists(atPath: themes.path) {
        return themes.path
      }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }
}
