import NetworkGraph
import Tensors

extension KnownShapes {
  /// Finds the shapes of a graph's values for two choices of its open input lengths.
  ///
  /// Lengths that turn out to be fixed by the graph, though they are declared open, stay fixed.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` when no lengths tried suit the graph.
  public static func inferred(
    for graph: NetworkGraph, registry: OperatorRegistry = .standard
  ) throws(EngineError) -> KnownShapes {
    // Networks with fixed heads need their training size, those with position tables short inputs.
    for (spatial, other) in [(64, 16), (224, 16), (320, 64), (512, 8), (32, 4), (299, 2)] {
      let probe = ShapeProbe(graph: graph, registry: registry, spatial: spatial, other: other)
      guard let facts = probe.facts(changing: []) else { continue }
      let changeable = probe.symbols.filter { probe.facts(changing: [$0]) != nil }
      let changed =
        probe.facts(changing: probe.symbols)
        ?? probe.facts(changing: Set(changeable)) ?? facts
      return KnownShapes(facts, changed, of: graph)
    }
    throw EngineError(
      .unsupported, subject: "shapes",
      problem: "the shapes of the graph's values fit each other for none of the input sizes tried",
      remedy: "Export the model again with fixed picture or sequence sizes")
  }

  private init(
    _ facts: [String: TensorFact], _ others: [String: TensorFact], of graph: NetworkGraph
  ) {
    var constants: [String: Tensor] = [:]
    // The graph's own constants are there already; looking at them would read the weights.
    let stored = Set(graph.initializers.keys).union(
      graph.nodes.lazy.filter { $0.op == "Constant" }.flatMap(\.outputs))
    for (name, fact) in facts where !stored.contains(name) {
      guard let constant = fact.constant, let other = others[name]?.constant,
        constant.type == other.type, constant.shape == other.shape,
        constant.type != .string,
        constant.withBytes({ one in other.withBytes { one.elementsEqual($0) } })
      else { continue }
      constants[name] = constant
    }
    self.init(
      lengths: facts.compactMapValues(\.shape), others: others.compactMapValues(\.shape),
      constants: constants)
  }
}

/// Shape inference with chosen lengths for the open axes of a graph's inputs.
private struct ShapeProbe {
  let graph: NetworkGraph
  let registry: OperatorRegistry
  let spatial: Int
  let other: Int

  /// The open lengths: by declared name where there is one, so that equal ones stay equal.
  var symbols: Set<String> {
    Set(graph.runtimeInputs.flatMap { info in axes(info).compactMap(\.symbol) })
  }

  private func axes(_ info: ValueInfo) -> [(symbol: String?, length: Int)] {
    (info.shape ?? []).enumerated().map { axis, dimension in
      switch dimension {
      case .fixed(let length) where length >= 0: return (nil, length)
      case .symbol(let name)
      where axis > 0 && name.contains(where: \.isLetter) && name != "None"
        && !name.hasPrefix("unk__"):
        return (name, 0)
      default: return (axis == 0 ? "N" : "axis \(axis) of \((info.shape ?? []).count)", 0)
      }
    }
  }

  /// What is known with these symbols set to their second length; nil when they do not suit.
  func facts(changing changed: Set<String>) -> [String: TensorFact]? {
    var shapes: [String: [Int]] = [:]
    let order = symbols.sorted()
    for info in graph.runtimeInputs {
      guard let declared = info.shape else { return nil }
      shapes[info.name] = axes(info).enumerated().map { axis, entry in
        guard let symbol = entry.symbol else { return entry.length }
        if symbol == "N" || axis == 0 { return changed.contains(symbol) ? 3 : 2 }
        let isSpatial = declared.count >= 4 && axis >= 2
        // Distinct lengths tell the axes apart; multiples of 32 survive the strides of most networks.
        let place = order.firstIndex(of: symbol) ?? 0
        let base = isSpatial ? spatial + 32 * place : other + place
        return base + (changed.contains(symbol) ? (isSpatial ? 32 : 2) : 0)
      }
    }
    return try? ShapeInference.infer(graph: graph, inputShapes: shapes, registry: registry)
  }
}
