import Tensors

extension NetworkGraph {
  /// Gives a layer's node a bias of its own: a float32 initializer or `Constant` of one number for each
  /// output channel that nothing else reads.
  ///
  /// A `Conv`, `ConvTranspose` or `Gemm` without a bias gets one of zeros; a shared one is copied under
  /// a new name, one in another shape is written out, and a `Gemm`'s `beta` moves into the numbers.
  /// The bias of a `MatMul` is the constant that the only `Add` behind it adds. The network computes
  /// what it did.
  ///
  /// - Parameters:
  ///   - index: The node.
  ///   - channels: Its output channels.
  ///   - weight: The name of its weight; a new bias is named after it.
  ///   - names: Hands out names that are free.
  /// - Returns: The name of the bias; nil, with nothing changed, when it is computed while running or
  ///   there is no place for one.
  /// - Complexity: O(nodes).
  public mutating func makeOwnBias(
    ofNode index: Int, channels: Int, weight: String, names: inout UniqueNames
  ) -> String? {
    guard let place = biasPlace(ofNode: index) else { return nil }
    let node = nodes[place.node]
    let beta = node.op == "Gemm" ? node.float("beta") ?? 1 : 1
    let old = node.inputs.count > place.input ? node.inputs[place.input] : ""
    var values = [Float](repeating: 0, count: channels)
    if !old.isEmpty {
      guard let tensor = constant(old), tensor.type == .float32, tensor.rank <= 2 else {
        return nil
      }
      let stored = tensor.floats
      if stored.count == channels, tensor.shape.last == channels {
        values = stored
      } else if stored.count == 1, place.takesScalar {
        values = Array(repeating: stored[0], count: channels)
      } else {
        return nil
      }
      let isOnly = !outputs.contains { $0.name == old } && readers(of: old) == 1
      if isOnly, tensor.shape == [channels], beta == 1 { return old }
      if isOnly, beta == 1, place.takesScalar,
        replaceConstant(old, with: Tensor([channels], values))
      {
        return old
      }
    } else if place.mustExist {
      return nil
    }
    if beta != 1 {
      nodes[place.node].attributes.removeValue(forKey: "beta")
      for channel in values.indices { values[channel] *= beta }
    }
    let base = weight.hasSuffix(".weight") ? weight.dropLast(6) + "bias" : weight + "_bias"
    let name = names.fresh(String(base))
    initializers[name] = Tensor([channels], values)
    while nodes[place.node].inputs.count <= place.input { nodes[place.node].inputs.append("") }
    nodes[place.node].inputs[place.input] = name
    // A Constant node would stay without readers: removing it would move the nodes behind it.
    if initializers[old] != nil, readers(of: old) == 0, !outputs.contains(where: { $0.name == old })
    {
      removeInitializer(old)
    }
    return name
  }

  /// Where a bias is read.
  private struct BiasPlace {
    var node: Int
    var input: Int
    /// Whether a bias can't be added where there is none.
    var mustExist = false
    /// Whether a single number stands for all channels.
    var takesScalar = false
  }

  private func biasPlace(ofNode index: Int) -> BiasPlace? {
    let node = nodes[index]
    guard node.domain.isEmpty else { return nil }
    switch node.op {
    case "Conv", "ConvTranspose": return BiasPlace(node: index, input: 2)
    case "Gemm": return BiasPlace(node: index, input: 2, takesScalar: true)
    case "MatMul":
      guard let output = node.outputs.first, !outputs.contains(where: { $0.name == output })
      else { return nil }
      let next = nodes.indices.filter { nodes[$0].allInputs.contains(output) }
      guard next.count == 1, nodes[next[0]].op == "Add", nodes[next[0]].domain.isEmpty,
        nodes[next[0]].inputs.count == 2
      else { return nil }
      let input = nodes[next[0]].inputs[0] == output ? 1 : 0
      guard let added = constant(nodes[next[0]].inputs[input]), added.rank == 1 else { return nil }
      return BiasPlace(node: next[0], input: input, mustExist: true)
    default: return nil
    }
  }

  /// How many inputs of nodes read a value, subgraphs included.
  private func readers(of name: String) -> Int {
    nodes.reduce(0) { count, node in
      let own = node.inputs.count { $0 == name }
      return count + (own > 0 ? own : node.allInputs.contains(name) ? 1 : 0)
    }
  }
}
