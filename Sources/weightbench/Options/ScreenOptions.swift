import ArgumentParser
import Foundation
import Tensors
import TerminalCells

/// How the screen looks, and what is typed on it.
struct ScreenOptions: ParsableArguments {
  @Option(
    help: "The theme, by slug (see `weightbench themes`), or the path of a theme file.",
    completion: .file())
  var theme: String?
  @Option(help: "Colours: never, 8, 16, 256, direct or auto.") var color: ColorChoice = .auto
  @Option(help: "Characters: ascii, blocks or braille (default: by the locale).")
  var glyphs: Glyphs?
  @Option(help: "Keys typed on start, such as 'jj10l:export<Enter>'.") var keys: String?
  @Flag(
    name: .customLong("no-wait"),
    help: "Type the keys at once, without waiting for running work between them.")
  var noWait = false
  @Option(
    name: .customLong("dump-screen"),
    help: ArgumentHelp(
      "Write the screen as text to this file (- for standard output), then quit.",
      discussion: "A name ending in .svg gets a picture in colour."))
  var dumpScreen: String?
  @Option(
    name: .customLong("frame-times"),
    help: ArgumentHelp(
      "Write how long keys and frames take to this file when the program ends.",
      discussion: "One JSON object a line; the last one is a summary with percentiles, in ms."))
  var frameTimes: String?
  @Option(help: "Columns x rows for --dump-screen without a terminal, such as 120x40.")
  var size: String?

  /// The choice of colours on the command line.
  enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case never
    case eight = "8"
    case sixteen = "16"
    case indexed = "256"
    case direct
    case auto

    /// The depth; nil asks the terminal.
    var depth: ColorDepth? { self == .auto ? nil : ColorDepth(option: rawValue) }
  }

  func validate() throws {
    if size != nil, dumpScreen == nil {
      throw ValidationError("--size goes with --dump-screen.")
    }
    _ = try parsedSize()
  }

  /// The size; nil when none is given.
  func parsedSize() throws -> (columns: Int, rows: Int)? {
    guard let size else { return nil }
    let parts = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let columns = parts[0], let rows = parts[1],
      (1...1000).contains(columns), (1...1000).contains(rows)
    else {
      throw ValidationError("--size '\(size)' is not COLUMNSxROWS, such as 120x40.")
    }
    return (columns, rows)
  }

  /// The keys to type.
  func keyPresses() throws -> [KeyPress] {
    guard let keys else { return [] }
    do {
      return try KeyScript(parsing: keys).keys
    } catch {
      throw ValidationError("--keys: \(error)")
    }
  }

  /// The theme asked for, or the default; files are read only when one is asked for.
  func chosenTheme() throws -> Theme {
    guard let theme, theme != Theme.terminal.slug else { return .terminal }
    // A slash or a file's ending makes it a path.
    let isFile = theme.hasSuffix(".yaml") || theme.hasSuffix(".yml")
    let name = isFile && !theme.contains("/") ? "./\(theme)" : theme
    do throws(ThemeError) {
      return try name.contains("/") ? Theme(path: name) : BundledFiles.themes().theme(named: name)
    } catch {
      var place = error
      place.remedy = nil
      throw EngineError(
        .invalidArgument, subject: "--theme \(theme)",
        problem: error.path == nil ? error.problem : place.description, remedy: error.remedy)
    }
  }
}

extension Glyphs: ExpressibleByArgument {}
