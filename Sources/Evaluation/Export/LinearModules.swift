import NetworkGraph

/// Tells which weights are those of a `torch.nn.Linear`: y = x W^T + b, and finds biases.
struct LinearModules {
  private let graph: NetworkGraph
  private let producers: [String: Int]
  private let consumers: [String: [Int]]
  private let outputs: Set<String>

  init(graph: NetworkGraph) {
    self.graph = graph
    producers = graph.producers()
    consumers = graph.consumers()
    outputs = Set(graph.outputs.map(\.name))
  }

  /// The bias of a linear module; nil when some node uses the weight in another way, or with another
  /// bias.
  func linear(_ layer: CompressibleLayer) -> LinearModule? {
    var found: [String?] = []
    for index in layer.nodes {
      let node = graph.nodes[index]
      guard node.inputs.count > 1, leads(node.inputs[1], to: layer.weight) else { return nil }
      switch node.op {
      case "Gemm":
        guard node.float("alpha") ?? 1 == 1, node.float("beta") ?? 1 == 1,
          node.int("transA") ?? 0 == 0
        else { return nil }
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
          guard isBias(node.inputs[2], of: layer) else { return nil }
          found.append(node.inputs[2])
        } else {
          found.append(nil)
        }
      case "MatMul": found.append(addedBias(node, layer))
      default: return nil
      }
    }
    guard let first = found.first, found.allSatisfy({ $0 == first }) else { return nil }
    return LinearModule(bias: first)
  }

  /// The bias of a convolution.
  func convolutionBias(_ layer: CompressibleLayer) -> String? {
    guard ["Conv", "ConvTranspose"].contains(layer.op), layer.nodes.count == 1 else { return nil }
    let inputs = graph.nodes[layer.nodes[0]].inputs
    guard inputs.count > 2, graph.initializers[inputs[2]] != nil else { return nil }
    return inputs[2]
  }

  /// A constant that is added to the product, and to nothing else.
  private func addedBias(_ node: Node, _ layer: CompressibleLayer) -> String? {
    guard let product = node.outputs.first, !outputs.contains(product),
      let readers = consumers[product], readers.count == 1, graph.nodes[readers[0]].op == "Add",
      graph.nodes[readers[0]].inputs.count == 2
    else { return nil }
    return graph.nodes[readers[0]].inputs.first { $0 != product && isBias($0, of: layer) }
  }

  private func isBias(_ name: String, of layer: CompressibleLayer) -> Bool {
    guard let tensor = graph.initializers[name] else { return false }
    return tensor.type == .float32 && tensor.shape == [layer.shape[layer.outputAxis]]
      && consumers[name]?.count == 1
  }

  /// Whether a value is a weight, or one turned or passed on.
  private func leads(_ name: String, to weight: String) -> Bool {
    var name = name
    for _ in 0...graph.nodes.count {
      if name == weight { return true }
      guard let index = producers[name], ["Identity", "Transpose"].contains(graph.nodes[index].op),
        let next = graph.nodes[index].inputs.first
      else { return false }
      name = next
    }
    return false
  }
}
