import NetworkGraph
import Tensors

/// Finds layers that follow each other so that scaling a channel between them changes nothing.
///
/// f(s x) = s f(x) has to hold, for every s > 0, for all that lies between: `Relu`, `LeakyRelu` and
/// `PRelu`, pooling, and what only passes values on. ReLU6 is no such function. Behind a `Flatten`,
/// each channel has as many inputs of the next layer in a row as it had positions.
struct EqualizationPairs {
  /// Two layers by their places.
  struct Pair {
    var first: Int
    var second: Int
  }

  private enum Search {
    case found(Int)
    case refused(String)
  }

  private(set) var pairs: [Pair] = []
  private(set) var refusals: [EqualizationReport.Refusal] = []

  private let graph: NetworkGraph
  private let producers: [String: Int]
  private let consumers: [String: [Int]]
  private let outputs: Set<String>
  private let layers: [CompressibleLayer]
  private let layerOfNode: [Int: Int]

  init(_ graph: NetworkGraph, layers: [CompressibleLayer]) {
    self.graph = graph
    self.layers = layers
    producers = graph.producers()
    consumers = graph.consumers()
    outputs = Set(graph.outputs.map(\.name))
    var layerOfNode: [Int: Int] = [:]
    for (index, layer) in layers.enumerated() {
      for node in layer.nodes { layerOfNode[node] = index }
    }
    self.layerOfNode = layerOfNode
    for index in layers.indices {
      switch search(from: index) {
      case .found(let second): pairs.append(Pair(first: index, second: second))
      case .refused(let reason):
        refusals.append(EqualizationReport.Refusal(layer: layers[index].name, reason: reason))
      }
    }
  }

  private func search(from index: Int) -> Search {
    let layer = layers[index]
    if let reason = refusal(of: layer) { return .refused(reason) }
    guard let node = layer.nodes.first, let output = graph.nodes[node].outputs.first else {
      return .refused("it has no output")
    }
    guard hasScalableBias(node, of: layer) else {
      return .refused("its bias is not one constant for each output channel")
    }
    var isFlat = false
    var value = output
    while true {
      guard !outputs.contains(value) else { return .refused("it gives an output of the network") }
      let next = consumers[value] ?? []
      guard next.count == 1, let reader = next.first else {
        return .refused("its output feeds \(next.count) nodes")
      }
      let step = graph.nodes[reader]
      if let second = layerOfNode[reader] {
        if let reason = refusal(of: layers[second]) {
          return .refused("the next layer can't be scaled: \(reason)")
        }
        guard step.inputs.first == value,
          let matrix = ChannelMatrix(layers[second]), let own = ChannelMatrix(layer),
          matrix.inputs == own.outputs || (isFlat && matrix.inputs % own.outputs == 0)
        else { return .refused("channels of the next layer's input are others") }
        return .found(second)
      }
      guard let passed = passes(value, through: step) else {
        return .refused(Self.obstacle(step, graph: graph))
      }
      isFlat = isFlat || step.op == "Flatten"
      value = passed
    }
  }

  /// Why a layer's weight can't be scaled; nil when it can.
  private func refusal(of layer: CompressibleLayer) -> String? {
    guard ["Conv", "ConvTranspose", "Gemm"].contains(layer.op) else {
      return "\(layer.op) is neither convolution nor Gemm"
    }
    guard ChannelMatrix(layer) != nil else { return "it is a transposed convolution with groups" }
    guard layer.nodes.count == 1, let node = layer.nodes.first else {
      return "its weight is used \(layer.nodes.count) times"
    }
    var name = graph.nodes[node].inputs.count > 1 ? graph.nodes[node].inputs[1] : ""
    while true {
      guard consumers[name]?.count == 1, !outputs.contains(name) else {
        return "its weight is read by other nodes"
      }
      if name == layer.weight { return nil }
      guard let before = producers[name], let source = graph.nodes[before].inputs.first else {
        return "its weight is computed while running"
      }
      name = source
    }
  }

  private func hasScalableBias(_ index: Int, of layer: CompressibleLayer) -> Bool {
    let node = graph.nodes[index]
    guard node.inputs.count > 2, !node.inputs[2].isEmpty else { return true }
    guard let bias = graph.constant(node.inputs[2], producers: producers),
      bias.type == .float32, bias.rank <= 2
    else { return false }
    let channels = layer.shape[layer.outputAxis]
    return bias.count == channels && bias.shape.last == channels
      || bias.count == 1 && node.op == "Gemm"
  }

  /// The output of a node that gives scaled values for scaled values, channel by channel; nil for all
  /// others.
  private func passes(_ value: String, through node: Node) -> String? {
    guard node.domain.isEmpty, node.inputs.first == value, let output = node.outputs.first,
      !output.isEmpty, node.outputs.dropFirst().allSatisfy({ $0.isEmpty || consumers[$0] == nil })
    else { return nil }
    switch node.op {
    case "Relu", "LeakyRelu", "Identity", "MaxPool", "AveragePool", "GlobalAveragePool",
      "GlobalMaxPool":
      return output
    case "Flatten": return node.int("axis") ?? 1 == 1 ? output : nil
    case "PRelu":
      return node.inputs.count > 1 && graph.constant(node.inputs[1], producers: producers) != nil
        ? output : nil
    default: return nil
    }
  }

  private static func obstacle(_ node: Node, graph: NetworkGraph) -> String {
    switch node.op {
    case "Clip" where node.isReLU6(in: graph):
      "a ReLU6 follows, which cuts scaled values elsewhere (equalize: {relu6: replace} makes it ReLU)"
    case "BatchNormalization":
      "batch normalization follows; it is folded unless the model is opened with --keep-batchnorm"
    default: "\(node.op) follows, which does not pass scaled channels on"
    }
  }
}

extension Node {
  /// Whether the node is `Clip` between 0 and 6, which frameworks write for ReLU6.
  func isReLU6(in graph: NetworkGraph) -> Bool {
    guard op == "Clip", domain.isEmpty else { return false }
    func bound(_ input: Int, _ attribute: String) -> Double? {
      if inputs.count > input, !inputs[input].isEmpty {
        return graph.constant(inputs[input])?.doubles.first
      }
      return float(attribute).map(Double.init)
    }
    return bound(1, "min") == 0 && bound(2, "max") == 6
  }
}
