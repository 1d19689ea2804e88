import ArgumentParser
import Evaluation
import Tensors

/// Puts the shards of a sensitivity scan together.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put the shards of a sensitivity scan together into one table.",
    discussion: """
      Shards are what `weightbench sensitivity --shard I/N` printed with --json or noted with \
      --journal: parallel weightbench sensitivity MODEL --data DATA --shard {}/4 --json \
      '>' part{}.json ::: 1 2 3 4; weightbench merge part?.json --csv table.csv
      """)

  @Argument(help: "JSON results or journals of the shards.", completion: .file())
  var shards: [String]
  @Option(help: "Write the table to this CSV file.", completion: .file()) var csv: String?
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    var parts: [(path: String, report: SensitivityReport)] = []
    for path in shards { parts.append((path, try SensitivityReport.read(path: path))) }
    let report = try SensitivityReport.merged(parts)
    if let csv { try Output.write(report.csv, to: csv) }
    if json {
      Output.json(report)
    } else {
      print(SensitivityText(report).text)
    }
  }
}
