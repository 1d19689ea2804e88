import ArgumentParser
import Evaluation
import Foundation
import ModelCompression
import Tensors

/// Writes a plan as another tool's configuration.
struct RecipeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract: "Write a plan as the configuration of another tool.",
    discussion: """
      Tools:
      \(RecipeRegistry.standard.targets.map { "  \($0.name): \($0.summary)" }
        .joined(separator: "\n"))

      What a tool can't express is told, layer by layer, as notes on standard error.

      weightbench recipe --plan plan.yaml --model resnet20.onnx --to llm-compressor
      weightbench recipe --plan plan.yaml --model resnet20.onnx --to onnxruntime --output overrides.json
      """)

  @Option(help: "The compression plan (YAML or JSON).", completion: .file()) var plan: String
  @Option(help: "The model that the plan is for.", completion: .file()) var model: String
  @Option(
    help: "The tool: \(RecipeRegistry.standard.names.joined(separator: ", ")).",
    completion: .list(RecipeRegistry.standard.names))
  var to: String
  @Option(help: "The file to write (default: standard output).") var output: String?
  @Flag(
    name: .customLong("keep-batchnorm"),
    help: "Do not fold batch normalization: names and scales refer to the weights as stored.")
  var keepBatchNorm = false
  @OptionGroup var data: DataOptions
  @OptionGroup var calibration: CalibrationOptions
  @OptionGroup var threads: ThreadOptions
  @Flag(help: "Print one JSON object.") var json = false

  /// The content of `--json`.
  struct Report: Encodable {
    var tool: String
    var file: String?
    var recipe: String?
    var notes: [String]
  }

  func run() async throws {
    let target = try RecipeRegistry.standard.target(named: to)
    let opened = try OpenedModel(path: model, keepBatchNorm: keepBatchNorm)
    var plan = try CompressionPlan.read(path: self.plan)
    let hasSteps = plan.channels != nil || plan.equalize != nil || !plan.repair.isEmpty
    (plan.channels, plan.equalize, plan.repair) = (nil, nil, [])
    let finetuned = plan.finetuned?.file
    plan.finetuned = nil
    let resolution = try plan.resolved(for: opened.layers)
    let forms = resolution.settings.map { SettingForm($0) }
    // Layers that share a ranking get amounts that only the weights tell.
    let decidesTogether = forms.contains { $0.prune.map { $0.scope != "layer" } ?? false }
    var compressed: [CompressedWeights?] = []
    var notices = resolution.notices
    if target.needsCompressedWeights || decidesTogether {
      let samples = try data.open()
      let engine = try PreviewEngine(
        model: opened, data: samples, threads: threads.count, seed: data.seed,
        calibration: try calibration.samples(plan: plan, path: self.plan, data: samples))
      let result = try await engine.compress(plan)
      compressed = result.weights
      notices = result.notices
    }
    let recipe = try target.recipe(
      for: RecipeRequest(
        model: opened.name, graph: opened.graph, layers: opened.layers,
        settings: resolution.settings, compressed: compressed))
    if hasSteps {
      notices.append(
        "recipes have no steps of the whole network: channels, equalize and repair are left out")
    }
    if let finetuned {
      notices.append(
        "the recipe is for the model as it is; for the trained weights write it for \(finetuned)")
    }
    if opened.foldedBatchNorms > 0 {
      notices.append(
        "\(opened.foldedBatchNorms) batch normalizations are folded into the weights here: give the "
          + "tool the exported model, or write the recipe with --keep-batchnorm")
    }
    if let output { try Output.write(recipe.text, to: output) }
    if json {
      Output.json(
        Report(
          tool: target.name, file: output, recipe: output == nil ? recipe.text : nil,
          notes: notices + recipe.notes))
      return
    }
    for note in notices + recipe.notes { Output.note("note: \(note)") }
    if let output {
      print("\(output)  \(target.name)  \(recipe.text.utf8.count) bytes")
    } else {
      print(recipe.text, terminator: "")
    }
  }
}
