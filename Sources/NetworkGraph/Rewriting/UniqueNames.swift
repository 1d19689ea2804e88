/// Hands out value names that occur nowhere in a graph, subgraphs included.
public struct UniqueNames: Sendable {
  private var used: Set<String> = []

  /// Collects every name that `graph` uses.
  public init(_ graph: NetworkGraph) { collect(graph) }

  private mutating func collect(_ graph: NetworkGraph) {
    used.formUnion(graph.initializers.keys)
    used.formUnion(graph.inputs.map(\.name))
    used.formUnion(graph.outputs.map(\.name))
    used.formUnion(graph.valueInfos.map(\.name))
    for node in graph.nodes {
      used.formUnion(node.inputs)
      used.formUnion(node.outputs)
      for subgraph in node.subgraphs { collect(subgraph) }
    }
  }

  /// `base` when it is free, else `base_1`, `base_2` ...; taken from now on.
  public mutating func fresh(_ base: String) -> String {
    var name = base
    var number = 0
    while !used.insert(name).inserted {
      number += 1
      name = "\(base)_\(number)"
    }
    return name
  }
}
