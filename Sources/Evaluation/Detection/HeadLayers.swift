import Datasets
import ModelCompression
import NetworkGraph
import Operators
import Tensors

/// The layers of a detector's head, and the plan that leaves them alone.
///
/// Heads lose most by compression: a few channels hold coordinates, and what is wrong in them no later layer
/// mends. Default plans therefore pin them.
public struct HeadLayers: Sendable, Hashable {
  /// Their names, in layer order.
  public let names: [String]
  /// Why they are a head, for people.
  public let reason: String

  /// Makes a head of layers that are known.
  public init(names: [String], reason: String) {
    self.names = names
    self.reason = reason
  }

  /// What was pinned, and why: `pinned heat, box: they make the detector's outputs 'heatmap', 'box'`.
  public var text: String {
    let more = names.count > 4 ? " and \(names.count - 4) more" : ""
    return "pinned \(names.prefix(4).joined(separator: ", "))\(more): \(reason)"
  }

  /// Finds them; nil when the model is no detector, or nothing says where its head is.
  ///
  /// Where scores and places have outputs of their own, the head is every layer that feeds only the former
  /// or only the latter. Otherwise, as with grids that hold both, it is the last layers: those with no
  /// other behind them but the fixed weights that sum up a distribution.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - head: What the data description says; nil where the graph has to show it.
  public init?(model: OpenedModel, head: HeadDescription?) {
    guard let graph = model.graph else { return nil }
    var notes: [String] = []
    let outputs = graph.sampleOutputs()
    guard let head = head ?? HeadRecognition.recognize(outputs, graph, notes: &notes) else {
      return nil
    }
    let kinds = Self.kinds(head)
    let known = Set(graph.outputs.map(\.name))
    guard kinds.allSatisfy({ !$0.isEmpty && $0.allSatisfy(known.contains) }) else { return nil }
    let reached = Self.reached(graph, kinds)
    var found = model.layers.filter { layer in
      let mask = layer.nodes.reduce(0) { $0 | reached[$1] }
      return kinds.count > 1 && mask != 0 && mask & (mask - 1) == 0
    }
    // Of two networks side by side all layers would be a head.
    if found.isEmpty || found.count * 2 > model.layers.count {
      found = Self.lastLayers(graph, model, Set(kinds.joined()))
    }
    guard !found.isEmpty else { return nil }
    names = found.map(\.name)
    let list = kinds.joined().map { "'\($0)'" }.joined(separator: ", ")
    reason =
      names.count == 1
      ? "it makes the detector's outputs \(list)" : "they make the detector's outputs \(list)"
  }

  /// The outputs of scores and those of places, where they are apart.
  private static func kinds(_ head: HeadDescription) -> [[String]] {
    switch head.form {
    case .centerNet(let form):
      [[form.heatmap], [form.box, form.size, form.offset].compactMap { $0 }]
    case .yoloAnchors(let form): [form.outputs]
    case .yoloDistances(let form):
      form.scores.isEmpty ? [form.outputs] : [form.outputs, form.scores]
    case .ssd(let form): [[form.offsets], [form.scores]]
    case .boxes(let form):
      form.scores.map { [[form.boxes], [$0]] } ?? [[form.boxes]]
    }
  }

  /// For each node a bit for each kind of output that it feeds.
  private static func reached(_ graph: NetworkGraph, _ kinds: [[String]]) -> [Int] {
    var values: [String: Int] = [:]
    for (index, names) in kinds.enumerated() {
      for name in names { values[name, default: 0] |= 1 << index }
    }
    var nodes = [Int](repeating: 0, count: graph.nodes.count)
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      nodes[index] = node.outputs.reduce(0) { $0 | (values[$1] ?? 0) }
      if nodes[index] == 0 { continue }
      for input in node.allInputs { values[input, default: 0] |= nodes[index] }
    }
    return nodes
  }

  /// The layers with no other behind them, and those that sum up distributions.
  private static func lastLayers(
    _ graph: NetworkGraph, _ model: OpenedModel, _ outputs: Set<String>
  ) -> [CompressibleLayer] {
    var layerOfNode: [Int: Int] = [:]
    for (index, layer) in model.layers.enumerated() {
      for node in layer.nodes { layerOfNode[node] = index }
    }
    // A layer of one row without a free weight: 0, 1, 2 ... times the shares of a distribution.
    func isExpectation(_ index: Int) -> Bool {
      let weight = model.weights[index]
      guard weight.type == .float32, weight.shape.first == 1, (2...256).contains(weight.count)
      else {
        return false
      }
      return weight.floats == (0..<weight.count).map(Float.init)
    }
    var open = outputs
    var last = Set<Int>()
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      guard node.outputs.contains(where: open.contains) else { continue }
      if let layer = layerOfNode[index] {
        last.insert(layer)
        if !isExpectation(layer) { continue }
      }
      open.formUnion(node.allInputs)
    }
    return last.sorted().map { model.layers[$0] }
  }
}

extension OpenedModel {
  /// The plan to begin with where none is given: nothing is compressed, and a detector's head is pinned.
  ///
  /// - Parameter head: The head as the data description says; nil where the graph has to show it.
  /// - Returns: The plan, and the head whose layers it pins; nil when nothing is pinned.
  public func defaultPlan(head: HeadDescription?) -> (plan: CompressionPlan, head: HeadLayers?) {
    let found = HeadLayers(model: self, head: head)
    return (CompressionPlan(pinned: found?.names ?? []), found)
  }
}

extension NetworkGraph {
  /// The outputs for one sample, as far as declared and inferred shapes tell them.
  func sampleOutputs() -> [MeasureContext.Output] {
    let facts = sampleShapes.flatMap { try? ShapeInference.infer(graph: self, inputShapes: $0) }
    return outputs.map { output in
      let shape = facts?[output.name]?.shape.flatMap { $0.first == 1 ? Array($0.dropFirst()) : nil }
      return MeasureContext.Output(
        name: output.name, type: facts?[output.name]?.type ?? output.type, shape: shape)
    }
  }
}
