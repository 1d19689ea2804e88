import Tensors

extension NetworkGraph {
  /// The scales gamma of all batch normalizations, by the names of their inputs and of their outputs.
  ///
  /// |gamma| is a measure of what channels matter, and folding takes it into the weights: this finds it
  /// before. After folding, the layer's node has the output of the normalization; without, its own
  /// output is the normalization's input.
  public func batchNormScales() -> [String: [Float]] {
    let producers = self.producers()
    var scales: [String: [Float]] = [:]
    for node in nodes where node.op == "BatchNormalization" && node.domain.isEmpty {
      guard node.inputs.count > 1, let output = node.outputs.first,
        let scale = constant(node.inputs[1], producers: producers), scale.type == .float32
      else { continue }
      scales[node.inputs[0]] = scale.floats
      scales[output] = scale.floats
    }
    return scales
  }

  /// The scales of the batch normalizations directly behind layers, by the layers' names.
  ///
  /// - Parameters:
  ///   - layers: The layers of this graph.
  ///   - scales: What ``batchNormScales()`` found before folding; nil for this graph's own.
  public func batchNormScales(
    of layers: [CompressibleLayer], found scales: [String: [Float]]? = nil
  ) -> [String: [Float]] {
    let scales = scales ?? batchNormScales()
    var result: [String: [Float]] = [:]
    for layer in layers {
      guard let node = layer.nodes.first, let output = nodes[node].outputs.first else { continue }
      result[layer.name] = scales[output]
    }
    return result
  }
}
