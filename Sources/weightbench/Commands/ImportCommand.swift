import ArgumentParser
import Evaluation
import Foundation
import ModelCompression
import Tensors

/// Reads another tool's configuration as a plan.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read the configuration of another tool as a plan.",
    discussion: """
      What the file says that a plan does not is told with line and column. With --model the plan's \
      layers are matched with the model's, by the names of their weights too.

      weightbench import recipe.yaml --from llm-compressor --output plan.yaml
      weightbench import model.encodings --from aimet-0.6.1 --model resnet20.onnx
      """)

  @Argument(help: "The file to read.", completion: .file()) var file: String
  @Option(
    help: "The tool: \(RecipeRegistry.standard.importableNames.joined(separator: ", ")).",
    completion: .list(RecipeRegistry.standard.importableNames))
  var from: String
  @Option(help: "The model that the plan is for.", completion: .file()) var model: String?
  @Option(help: "The plan file to write (default: standard output, as YAML).") var output: String?
  @Flag(help: "Print one JSON object.") var json = false

  /// The content of `--json`.
  struct Report: Encodable {
    var tool: String
    var file: String?
    var plan: String?
    var notes: [String]
  }

  func run() async throws {
    let target = try RecipeRegistry.standard.importer(named: from)
    let layers = try model.map { try OpenedModel(path: $0).layers } ?? []
    let imported = try target.plan(
      from: try TextFile.read(file), path: file, layers: layers)
    var notes = imported.notes
    if !layers.isEmpty { notes += try imported.plan.resolved(for: layers).notices }
    if let output { try imported.plan.write(to: output) }
    if json {
      Output.json(
        Report(
          tool: target.name, file: output, plan: output == nil ? imported.plan.text() : nil,
          notes: notes))
      return
    }
    for note in notes { Output.note("note: \(note)") }
    if let output {
      print("\(output)  plan of \(imported.plan.layers.count) rules")
    } else {
      print(imported.plan.text(), terminator: "")
    }
  }
}
