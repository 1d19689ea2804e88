import ArgumentParser
import WorkbenchCore

/// Prints the key table.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Print every key of the workbench and what it does.")

  @Flag(help: "Print Markdown, as in Documentation/keys.md.") var markdown = false

  func run() throws {
    print(markdown ? KeyReference.markdown() : KeyReference.text())
  }
}
