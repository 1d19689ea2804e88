import Execution
import NetworkGraph
import Synchronization
import Tensors

/// A network cut behind some of its nodes into pieces that run one after the other, so that values at
/// the cuts can be looked at, and changed, before the rest runs.
final class NetworkSegments: Sendable {
  /// What runs a piece, and the constants that may be replaced in it.
  private struct Prepared: Sendable {
    let executor: FastExecutor
    let constants: Set<String>
  }

  /// One piece.
  private final class Segment: Sendable {
    let nodes: [Int]
    /// Values it needs from before.
    let inputs: [String]
    /// Values that later pieces need of it.
    let outputs: [String]
    let executor = Mutex<Prepared?>(nil)

    init(nodes: [Int], inputs: [String], outputs: [String]) {
      self.nodes = nodes
      self.inputs = inputs
      self.outputs = outputs
    }
  }

  private let graph: NetworkGraph
  private let segments: [Segment]
  /// Values alive behind each cut.
  let alive: [Set<String>]
  /// Nodes that depend on constants only: every piece that needs them runs them itself, so that
  /// replaced constants reach it.
  private let constantNodes: [Int]

  /// - Parameters:
  ///   - graph: The network.
  ///   - cuts: Nodes to cut behind, ascending.
  init(_ graph: NetworkGraph, cuts: [Int]) {
    self.graph = graph
    var constants = Set(graph.initializers.keys)
    var constantNodes: [Int] = []
    for (index, node) in graph.nodes.enumerated()
    where node.subgraphs.isEmpty && node.allInputs.allSatisfy({ constants.contains($0) }) {
      constants.formUnion(node.outputs)
      constantNodes.append(index)
    }
    self.constantNodes = constantNodes
    let isConstant = Set(constantNodes)
    let end = cuts.last ?? -1
    var lastUse: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() where index <= end {
      for name in node.allInputs where !constants.contains(name) { lastUse[name] = index }
    }
    // The value of a cut is looked at even when nothing in front of the last cut reads it.
    for cut in cuts {
      for name in graph.nodes[cut].outputs where !name.isEmpty {
        lastUse[name] = max(lastUse[name] ?? 0, cut + 1)
      }
    }
    var segments: [Segment] = []
    var alive: [Set<String>] = []
    var available = Set(graph.runtimeInputs.map(\.name))
    var start = 0
    for cut in cuts {
      let nodes = (start...cut).filter { !isConstant.contains($0) }
      let made = Set(nodes.flatMap { graph.nodes[$0].outputs }).subtracting([""])
      let read = Set(nodes.flatMap { graph.nodes[$0].allInputs })
      let kept = available.union(made).filter { (lastUse[$0] ?? -1) > cut }
      segments.append(
        Segment(
          nodes: nodes, inputs: read.subtracting(made).intersection(available).sorted(),
          outputs: kept.intersection(made).sorted()))
      alive.append(kept)
      available = kept
      start = cut + 1
    }
    self.segments = segments
    self.alive = alive
  }

  /// Runs a piece.
  ///
  /// - Parameters:
  ///   - index: Its number.
  ///   - values: The values alive behind the piece before; for the first one, the network's inputs.
  ///   - weights: Constants to replace.
  ///   - isCancelled: Asked between nodes.
  /// - Returns: The values alive behind it.
  /// - Throws: ``EngineError``; `CancellationError`.
  func run(
    _ index: Int, _ values: [String: Tensor], weights: [String: Tensor],
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [String: Tensor] {
    let segment = segments[index]
    var result = values.filter { alive[index].contains($0.key) }
    guard !segment.outputs.isEmpty else { return result }
    let inputs = values.filter { segment.inputs.contains($0.key) }
    let prepared = try segment.executor.withLock { known in
      if let known { return known }
      let made = try prepare(segment, inputs)
      known = made
      return made
    }
    let run = try prepared.executor.run(
      inputs: inputs, weights: weights.filter { prepared.constants.contains($0.key) },
      options: RunOptions(isCancelled: isCancelled))
    result.merge(run.outputs) { _, new in new }
    return result
  }

  private func prepare(_ segment: Segment, _ inputs: [String: Tensor]) throws -> Prepared {
    var part = graph
    let wanted = Set(segment.nodes).union(constantNodes).sorted()
    part.nodes = wanted.map { graph.nodes[$0] }
    part.inputs = segment.inputs.map { name in
      ValueInfo(
        name: name, type: inputs[name]?.type,
        shape: inputs[name]?.shape.map { Dimension.fixed($0) })
    }
    part.outputs = segment.outputs.map { ValueInfo(name: $0, type: nil, shape: nil) }
    part.valueInfos = []
    let read = Set(part.nodes.flatMap(\.allInputs))
    part.initializers = graph.initializers.filter { read.contains($0.key) }
    let constants = part.nodes.filter { $0.op == "Constant" }.flatMap(\.outputs)
    return Prepared(
      executor: try FastExecutor(
        graph: part, options: FastExecutor.Options(preparedByteLimit: 1 << 26)),
      constants: Set(part.initializers.keys).union(constants))
  }
}
