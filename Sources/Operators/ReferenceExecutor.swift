import NetworkGraph
import Tensors

/// Runs a graph with the operators' reference kernels, node by node: exact meaning before speed.
///
/// Nothing is fused, cached or prepared. It is the oracle that faster executors are compared with.
///
/// ```swift
/// let executor = ReferenceExecutor(graph: graph)
/// let outputs = try executor.run(inputs: ["image": image])
/// ```
public final class ReferenceExecutor: Sendable {
  /// The graph being run.
  public let graph: NetworkGraph
  /// The operators in use.
  public let registry: OperatorRegistry

  /// Makes an executor; unknown operators are reported when a run meets them.
  public init(graph: NetworkGraph, registry: OperatorRegistry = .standard) {
    self.graph = graph
    self.registry = registry
  }

  /// Runs the graph and returns its outputs by name.
  ///
  /// - Parameters:
  ///   - inputs: Values of the graph's runtime inputs by name; initializers that the graph also
  ///     declares as inputs may be given too.
  ///   - weights: Tensors that stand in for constants (initializers or `Constant` outputs) of the
  ///     same name and shape.
  /// - Throws: ``EngineError`` for inputs that do not fit, unknown operators and shapes that do not
  ///   match; the node is named.
  public func run(
    inputs: [String: Tensor], weights: [String: Tensor] = [:]
  ) throws(EngineError) -> [String: Tensor] {
    try evaluate(inputs: inputs, weights: weights, keepingAll: false)
  }

  /// Runs the graph and returns its inputs, every intermediate value and its outputs by name.
  ///
  /// Initializers are not among them. Memory grows with the whole graph; use ``run(inputs:weights:)``
  /// when only the outputs are needed.
  public func runKeepingAll(
    inputs: [String: Tensor], weights: [String: Tensor] = [:]
  ) throws(EngineError) -> [String: Tensor] {
    try evaluate(inputs: inputs, weights: weights, keepingAll: true)
  }

  private func evaluate(
    inputs: [String: Tensor], weights: [String: Tensor], keepingAll: Bool
  ) throws(EngineError) -> [String: Tensor] {
    try InputCheck(graph: graph).check(inputs)
    try checkWeights(weights)
    let scope = try run(
      Scope(graph: graph, values: inputs, weights: weights, outer: nil), keepingAll: keepingAll)
    if keepingAll { return try scope.values.merging(outputs(of: scope)) { kept, _ in kept } }
    return try outputs(of: scope)
  }

  private func checkWeights(_ weights: [String: Tensor]) throws(EngineError) {
    for (name, tensor) in weights {
      guard let original = graph.initializers[name], original.shape != tensor.shape else {
        continue
      }
      throw EngineError(
        .shapeMismatch, subject: "weight '\(name)'",
        problem: "has shape \(tensor.shape), the graph's has \(original.shape)",
        remedy: "Give a replacement of the same shape")
    }
  }

  private func outputs(of scope: Scope) throws(EngineError) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for output in scope.graph.outputs {
      guard let value = scope[output.name] else {
        throw EngineError(
          .malformedFile, subject: "output '\(output.name)'",
          problem: "is produced by no node, input or initializer",
          remedy: "Export the model again or check it with onnx.checker")
      }
      result[output.name] = value
    }
    return result
  }

  /// Runs all nodes of the scope's graph, releasing values after their last use unless all are kept.
  private func run(_ start: Scope, keepingAll: Bool) throws(EngineError) -> Scope {
    var scope = start
    let releases = keepingAll ? [] : lastUses(of: scope.graph)
    for index in scope.graph.nodes.indices {
      let node = scope.graph.nodes[index]
      if node.op == "Constant", let name = node.outputs.first, scope.weights[name] != nil {
        continue
      }
      do throws(EngineError) {
        let results = try run(node, in: scope)
        for (name, value) in zip(node.outputs, results) where !name.isEmpty {
          scope.values[name] = value
        }
      } catch {
        throw error.inside(scope.graph.describe(index))
      }
      if !keepingAll {
        for name in releases[index] { scope.values[name] = nil }
      }
    }
    return scope
  }

  private func run(_ node: Node, in scope: Scope) throws(EngineError) -> [Tensor] {
    guard let entry = registry[node] else {
      throw UnsupportedOperators.error(for: node, in: graph)
    }
    var inputs: [Tensor?] = []
    inputs.reserveCapacity(node.inputs.count)
    for name in node.inputs {
      guard !name.isEmpty else {
        inputs.append(nil)
        continue
      }
      guard let value = scope[name] else {
        throw EngineError(
          .malformedFile, problem: "input '\(name)' has no value when the node runs",
          remedy: "Export the model again or check it with onnx.checker")
      }
      inputs.append(value)
    }
    let call = OperatorCall(
      node: node, opset: graph.opset(of: node),
      runSubgraph: node.subgraphs.isEmpty ? nil : subgraphRunner(in: scope))
    if let reason = entry.unsupportedReason(call) {
      throw EngineError(
        .unsupported, problem: reason, remedy: "The model can be inspected but not run")
    }
    let results = try entry.run(call, inputs)
    if let missing = node.outputs.indices.first(where: {
      $0 >= results.count && !node.outputs[$0].isEmpty
    }) {
      throw EngineError(
        .unsupported,
        problem: "output \(missing) ('\(node.outputs[missing])') is not computed by this version",
        remedy: "The model can be inspected but not run")
    }
    return results
  }

  private func subgraphRunner(in scope: Scope) -> OperatorCall.SubgraphRunner {
    { (subgraph: NetworkGraph, arguments: [Tensor]) throws(EngineError) -> [Tensor] in
      guard subgraph.inputs.count == arguments.count else {
        throw EngineError(
          .malformedFile, subject: "subgraph '\(subgraph.name)'",
          problem: "declares \(subgraph.inputs.count) inputs but gets \(arguments.count)",
          remedy: "Export the model again or check it with onnx.checker")
      }
      let values = Dictionary(
        zip(subgraph.inputs.map(\.name), arguments), uniquingKeysWith: { _, last in last })
      let inner = Scope(graph: subgraph, values: values, weights: scope.weights, outer: scope)
      let results = try self.outputs(of: self.run(inner, keepingAll: false))
      return subgraph.outputs.compactMap { results[$0.name] }
    }
  }

  /// The values that are needed no more after each node.
  private func lastUses(of graph: NetworkGraph) -> [[String]] {
    var last: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for name in node.allInputs { last[name] = index }
      for name in node.outputs where !name.isEmpty { last[name] = index }
    }
    for output in graph.outputs { last[output.name] = nil }
    var releases = [[String]](repeating: [], count: graph.nodes.count)
    for (name, index) in last { releases[index].append(name) }
    return releases
  }
}

/// The values that nodes of one graph can see: its own, and those of the graphs around it.
private struct Scope: Sendable {
  let graph: NetworkGraph
  var values: [String: Tensor]
  let weights: [String: Tensor]
  private let outer: OuterScope?

  init(graph: NetworkGraph, values: [String: Tensor], weights: [String: Tensor], outer: Scope?) {
    self.graph = graph
    self.values = values
    self.weights = weights
    self.outer = outer.map { OuterScope($0) }
  }

  subscript(name: String) -> Tensor? {
    values[name] ?? weights[name] ?? graph.initializers[name] ?? outer?.scope[name]
  }
}

/// Lets a scope hold the scope around it.
private final class OuterScope: Sendable {
  let scope: Scope
  init(_ scope: Scope) { self.scope = scope }
}

extension EngineError {
  /// The same error with the node it happened in put before what it already names.
  func inside(_ place: String) -> EngineError {
    var copy = self
    copy.subject = subject.map { "\(place), \($0)" } ?? place
    return copy
  }
}

extension NetworkGraph {
  /// The operator-set version that a node of this model is to be understood in.
  func opset(of node: Node) -> Int { node.domain.isEmpty ? opset : opsets[node.domain] ?? 1 }
}
