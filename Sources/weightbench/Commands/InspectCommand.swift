import ArgumentParser
import Evaluation

/// Prints layers, shapes, costs and weight statistics of a model.
struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show layers, shapes, multiply-adds, weight statistics and unsupported nodes.")

  @OptionGroup var model: ModelOptions
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let opened = try model.open()
    let report = try InspectReport(opened)
    if json {
      Output.json(report)
    } else {
      print(report.text)
    }
  }
}
