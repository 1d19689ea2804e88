import ModelCompression
import NetworkGraph
import Operators
import Tensors

extension ChannelGroups {
  /// The channel groups of a graph, with the shapes of its values inferred.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` when they can't be.
  public init(of graph: NetworkGraph) throws(EngineError) {
    self.init(graph: graph, shapes: try KnownShapes.inferred(for: graph))
  }
}

extension ChannelRemoval {
  /// Takes channels out of a graph, and counts what that saves.
  ///
  /// The shapes of the smaller graph are inferred again and compared with what was foreseen, and so
  /// are its multiply-adds: a graph that does not fit is never returned.
  ///
  /// - Parameters:
  ///   - graph: The graph.
  ///   - scores: The importance of each layer's channels, by layer name, for criteria that need
  ///     calibration; see ``ChannelRemoval/apply(to:scores:)-(ChannelGroups,_)``.
  /// - Throws: ``EngineError`` with code `invalidPlan` or `unsupported`.
  public func apply(
    to graph: NetworkGraph, scores: [String: [Double]] = [:]
  ) throws(EngineError) -> (graph: NetworkGraph, report: ChannelReport) {
    let groups = try ChannelGroups(of: graph)
    let choice = try choice(in: groups, scores: scores)
    var (smaller, report) = apply(choice, to: groups)
    try check(smaller, groups, choice.removed)
    let costs = graph.sampleMultiplyAdds()
    report.multiplyAddsBefore = costs?.reduce(0) { $0 + ($1 ?? 0) }
    report.multiplyAddsAfter = smaller.sampleMultiplyAdds()?.reduce(0) { $0 + ($1 ?? 0) }
    return (smaller, report)
  }

  /// Compares the shapes of every value with what the groups foresaw.
  private func check(
    _ smaller: NetworkGraph, _ groups: ChannelGroups, _ removed: [Set<Int>]
  ) throws(EngineError) {
    let expected = groups.shapes(removing: removed)
    let found = try KnownShapes.inferred(for: smaller).lengths
    for node in smaller.nodes {
      for name in node.outputs where !name.isEmpty {
        guard let shape = expected[name], let actual = found[name], actual != shape else {
          continue
        }
        throw EngineError(
          .unsupported, subject: "value '\(name)' (\(node.op))",
          problem: "has shape \(actual) instead of \(shape) once channels are removed",
          remedy: "Set the amount of the groups around it to 0")
      }
    }
  }
}

extension NetworkGraph {
  /// Multiply-adds of each node for one sample; nil when input shapes are not known or do not fit.
  public func sampleMultiplyAdds() -> [Int?]? {
    sampleShapes.flatMap { try? LayerCosts.multiplyAdds(graph: self, inputShapes: $0) }
  }

  /// The shapes of the inputs of one sample, by name; nil where one is not declared.
  var sampleShapes: [String: [Int]]? {
    var shapes: [String: [Int]] = [:]
    for input in runtimeInputs {
      guard let declared = input.shape else { return nil }
      var shape: [Int] = []
      for (axis, dimension) in declared.enumerated() {
        switch dimension {
        case .fixed(let length) where length > 0: shape.append(length)
        case _ where axis == 0: shape.append(1)
        default: return nil
        }
      }
      shapes[input.name] = shape
    }
    return shapes
  }
}
