import ArgumentParser
import Evaluation
import Execution
import ModelFormats
import OrderedCollections
import Tensors

/// Runs the graph on named inputs and writes every graph output.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on the arrays of an .npz file and write its outputs to another.")

  @OptionGroup var model: ModelOptions
  @Option(help: "An .npz file with an array for each graph input, by name.") var inputs: String
  @Option(help: "The .npz file to write: an array for each graph output, by name.")
  var outputs: String
  @Flag(help: "Use the plain reference kernels instead of the fast executor.")
  var reference = false

  func run() async throws {
    let graph = try model.open().runnableGraph()
    let given = try NPZFile.read(path: inputs)
    var named: [String: Tensor] = [:]
    for (name, tensor) in given { named[name] = tensor }
    let executor: any GraphExecutor =
      reference ? ReferenceGraphExecutor(graph: graph) : try FastExecutor(graph: graph)
    let result = try executor.run(inputs: named, weights: [:], options: RunOptions())
    var ordered: OrderedDictionary<String, Tensor> = [:]
    for output in graph.outputs { ordered[output.name] = result.outputs[output.name] }
    try NPZFile.write(ordered, to: outputs)
  }
}
