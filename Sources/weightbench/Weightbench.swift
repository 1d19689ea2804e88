import ArgumentParser

/// The command line: subcommands are added one file each.
@main
struct Weightbench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weightbench", abstract: "An interactive workbench for network compression.")
}
