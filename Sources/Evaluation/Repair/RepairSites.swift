import ModelCompression
import NetworkGraph
import Tensors

/// Where a network is repaired: the layers whose outputs are measured and brought back, and the batch
/// normalizations.
struct RepairSites: Sendable {
  /// What is changed at a site.
  enum Target: Sendable, Equatable {
    /// The bias of a layer (by its place), and with it its weights where ``scales`` says so.
    case layer(Int, bias: String, scales: Bool)
    /// The running mean and variance of a batch normalization.
    case normalization(mean: String, variance: String, epsilon: Double)
  }

  /// One value that is measured.
  struct Site: Sendable {
    /// The node that gives the value.
    var position: Int
    /// The value's name.
    var value: String
    /// Whether channels lie along the last axis; along the second otherwise.
    var isChannelLast: Bool
    var target: Target
  }

  /// In graph order; of one value, the layer before the normalization.
  private(set) var sites: [Site] = []
  /// Layers that can't be repaired, with the reason.
  private(set) var refused: [Int: String] = [:]
  /// The graph's layers.
  let layers: [CompressibleLayer]

  /// Finds the sites, and gives each layer that is one a bias of its own (of zeros where it had none).
  init(_ graph: inout NetworkGraph, steps: Set<RepairStep>) {
    layers = graph.compressibleLayers()
    var names = UniqueNames(graph)
    var biases: [Int: String] = [:]
    for (index, layer) in layers.enumerated() {
      if let reason = Self.refusal(of: layer, in: graph) {
        refused[index] = reason
        continue
      }
      if steps.contains(.batchnorm), Self.isNormalized(layer, in: graph) { continue }
      biases[index] = graph.makeOwnBias(
        ofNode: layer.nodes[0], channels: layer.outputChannels, weight: layer.weight,
        names: &names)
      if biases[index] == nil { refused[index] = "it has no constant bias" }
    }
    for (index, bias) in biases {
      let layer = layers[index]
      guard let value = graph.nodes[layer.nodes[0]].outputs.first else { continue }
      sites.append(
        Site(
          position: layer.nodes[0], value: value, isChannelLast: layer.op == "MatMul",
          target: .layer(index, bias: bias, scales: steps.contains(.batchnorm))))
    }
    if steps.contains(.batchnorm) { addNormalizations(graph) }
    sites.sort { ($0.position, $0.order) < ($1.position, $1.order) }
  }

  /// The nodes behind which a walk stops, ascending.
  var cuts: [Int] {
    sites.map(\.position).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// For each cut, the places of its sites.
  var sitesOfCut: [[Int]] {
    cuts.map { cut in sites.indices.filter { sites[$0].position == cut } }
  }

  /// What the user should know.
  var notices: [String] {
    var reasons: [String] = []
    for index in refused.keys.sorted() {
      if let reason = refused[index], !reasons.contains(reason) { reasons.append(reason) }
    }
    return reasons.map { reason in
      let names = refused.keys.sorted().filter { refused[$0] == reason }.map { layers[$0].name }
      let place = names.count == 1 ? names[0] : "\(names.count) layers, first \(names[0])"
      return "repair: not \(place): \(reason)"
    }
  }

  private static func refusal(of layer: CompressibleLayer, in graph: NetworkGraph) -> String? {
    switch layer.op {
    case "Conv", "ConvTranspose", "Gemm": break
    case "MatMul":
      guard let node = layer.nodes.first, graph.nodes[node].inputs.count > 1,
        graph.constant(graph.nodes[node].inputs[0]) == nil
      else { return "its constant is on the left" }
    default: return "\(layer.op) has no bias"
    }
    return layer.nodes.count == 1 ? nil : "its weight is used \(layer.nodes.count) times"
  }

  /// Whether a batch normalization that can be re-estimated is all that reads the layer's output.
  private static func isNormalized(_ layer: CompressibleLayer, in graph: NetworkGraph) -> Bool {
    guard let output = graph.nodes[layer.nodes[0]].outputs.first,
      !graph.outputs.contains(where: { $0.name == output })
    else { return false }
    let readers = graph.nodes.indices.filter { graph.nodes[$0].allInputs.contains(output) }
    return readers.count == 1 && normalization(graph.nodes[readers[0]], in: graph) != nil
  }

  private mutating func addNormalizations(_ graph: NetworkGraph) {
    let producers = graph.producers()
    for node in graph.nodes {
      guard let target = Self.normalization(node, in: graph), let value = node.inputs.first,
        let position = producers[value]
      else { continue }
      sites.append(Site(position: position, value: value, isChannelLast: false, target: target))
    }
  }

  /// The statistics of a batch normalization, when they are its own constants.
  private static func normalization(_ node: Node, in graph: NetworkGraph) -> Target? {
    guard node.op == "BatchNormalization", node.domain.isEmpty, node.inputs.count >= 5,
      node.int("training_mode") ?? 0 == 0, node.int("spatial") ?? 1 != 0
    else { return nil }
    for name in node.inputs[3...4] {
      let readers = graph.nodes.reduce(0) { $0 + $1.inputs.count { $0 == name } }
      guard readers == 1, graph.constant(name)?.type == .float32 else { return nil }
    }
    return .normalization(
      mean: node.inputs[3], variance: node.inputs[4],
      epsilon: Double(node.float("epsilon") ?? 1e-5))
  }
}

extension RepairSites.Site {
  /// Of one value, the layer comes first.
  fileprivate var order: Int {
    if case .layer = target { 0 } else { 1 }
  }
}
