import NetworkGraph
import Operators
import Tensors

/// Runs a graph with the operators' reference kernels: exact meaning before speed.
///
/// Nothing is fused or prepared. It is the oracle that ``FastExecutor`` is compared with.
public final class ReferenceGraphExecutor: GraphExecutor {
  /// The graph being run.
  public let graph: NetworkGraph
  private let interpreter: PlainInterpreter
  private let constants: ConstantTable
  /// The last node that reads each value; outputs of the graph are read after all nodes.
  private let lastUse: [String: Int]
  private let releases: [[String]]

  /// Makes an executor; unknown operators are reported when a run meets them.
  public init(graph: NetworkGraph, registry: OperatorRegistry = .standard) {
    self.graph = graph
    interpreter = PlainInterpreter(model: graph, registry: registry)
    constants = ConstantTable(graph: graph, interpreter: interpreter, byteLimit: 1 << 28)
    var last: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for name in node.allInputs + node.outputs where !name.isEmpty { last[name] = index }
    }
    for output in graph.outputs { last[output.name] = graph.nodes.count }
    lastUse = last
    var releases = [[String]](repeating: [], count: graph.nodes.count + 1)
    for (name, index) in last { releases[index].append(name) }
    self.releases = releases
  }

  /// Runs the graph, or its rest from a checkpoint, as ``GraphExecutor`` says.
  public func run(
    inputs: [String: Tensor], weights: [String: Tensor], options: RunOptions
  ) throws -> RunResult {
    try constants.check(weights)
    var values: [String: Tensor] = [:]
    if let checkpoint = options.resume {
      for (name, value) in checkpoint.values { values[name] = value as? Tensor }
    } else {
      try InputCheck(graph: graph).check(inputs)
      values = inputs
    }
    var result = RunResult(outputs: [:])
    let captures = Set(options.captureBefore)
    let start = options.resume?.position ?? 0
    for index in start...graph.nodes.count {
      if captures.contains(index) { result.checkpoints[index] = capture(values, before: index) }
      if let stop = options.stopBefore, stop <= index { return result }
      guard index < graph.nodes.count else { break }
      if options.isCancelled?() == true { throw CancellationError() }
      try run(index, weights: weights, values: &values)
      for name in releases[index] { values[name] = nil }
    }
    for output in graph.outputs {
      result.outputs[output.name] = try find(output.name, values, weights)
    }
    return result
  }

  private func capture(_ values: [String: Tensor], before position: Int) -> Checkpoint {
    let live = values.filter { lastUse[$0.key, default: -1] >= position }
    return Checkpoint(
      position: position, byteCount: live.values.reduce(0) { $0 + $1.byteCount }, values: live)
  }

  private func run(
    _ index: Int, weights: [String: Tensor], values: inout [String: Tensor]
  ) throws {
    let node = graph.nodes[index]
    // Constants are looked up when they are read, so that a run resumed behind their nodes sees
    // the replacements of this run.
    if node.outputs.allSatisfy({ $0.isEmpty || constants.contains($0) }) { return }
    let inputs = try node.inputs.map { name in
      name.isEmpty ? nil : try find(name, values, weights)
    }
    var captured: [String: Tensor] = [:]
    if !node.subgraphs.isEmpty {
      for name in node.allInputs { captured[name] = try find(name, values, weights) }
    }
    do throws(EngineError) {
      let results = try interpreter.run(node, inputs: inputs, captured: captured)
      for (name, value) in zip(node.outputs, results) where !name.isEmpty { values[name] = value }
    } catch {
      throw error.about(graph.describe(index))
    }
  }

  private func find(
    _ name: String, _ values: [String: Tensor], _ weights: [String: Tensor]
  ) throws -> Tensor {
    if let value = values[name] { return value }
    guard constants.contains(name) else {
      throw EngineError(
        .malformedFile, problem: "value '\(name)' is missing when it is read",
        remedy: "Export the model again or check it with onnx.checker")
    }
    return try constants.value(name, replacing: weights)
  }
}
